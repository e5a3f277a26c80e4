"""What people may try against a room, each tried: it is refused in words that say what to do, and the room goes on."""

import re
from collections.abc import Callable, Iterator
from functools import partial

import msgspec
import pytest
from flask.testing import FlaskClient

from tests.server.test_classroom import LAB, Person, limited
from webapp.classroom import limits as room_limits
from webapp.classroom.deeds import OfferLab, ShowLab, TakeName
from webapp.classroom.values import RoomLab
from webapp.lab import lab as running
from webapp.lab.limits import Limits as LabLimits
from webapp.server.app import create_app
from webapp.server.limits import Rate
from webapp.server.protocol import (
    Failed,
    GetRoomLab,
    JoinRoom,
    OpenRoom,
    RoomDone,
    RoomJoined,
    RoomLabRun,
    RoomOpened,
    RoomRequest,
)
from webapp.server.translation import sentence
from webapp.store.database import Database

NewPerson = Callable[[], Person]


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    made = Database.temporary()
    yield made
    made.close()


def room_of(person: NewPerson) -> tuple[str, Person]:
    """A room's code, and its teacher."""
    teacher = person()
    opened = teacher.ask(OpenRoom("Redirect"))
    assert isinstance(opened, RoomOpened)
    teacher.join(opened.code, token=opened.teacher)
    return opened.code, teacher


def refusal(person: Person, request: RoomRequest) -> str:
    """What the refusal of a request says; it is known in German, too."""
    answer = person.ask(request)
    assert isinstance(answer, Failed), answer
    assert sentence("de", answer.message) != answer.message
    return answer.message


def goes_on(person: NewPerson, code: str, teacher: Person) -> None:
    """Whatever was tried: a lab is shown, somebody comes in and sees it."""
    done = teacher.ask(ShowLab(LAB))
    assert isinstance(done, RoomDone), done
    late = person()
    view = late.join(code).view
    assert view.lab is not None
    assert isinstance(late.ask(GetRoomLab(view.lab.number)), RoomLabRun)


# Labs

TWO = """\
ip netns add a
ip netns add b
ip link add va netns a type veth peer vb netns b
ip -n a addr add 10.0.0.1/24 dev va
ip -n b addr add 10.0.0.2/24 dev vb
ip -n a link set va up
ip -n b link set vb up
"""


def mirrors(netns: str, dev: str) -> str:
    """Eight copies of every packet that comes in, sent back."""
    filters = (
        f"tc -n {netns} filter add dev {dev} ingress prio {n} matchall action mirred egress mirror dev {dev} continue\n"
        for n in range(1, 9)
    )
    return f"tc -n {netns} qdisc add dev {dev} clsact\n" + "".join(filters)


def jumps(depth: int, width: int) -> str:
    """Chains each of which jumps to the next one several times: width ** depth evaluations for one packet."""
    chains = "".join(f"chain c{n} {{\n" + f"jump c{n + 1}\n" * width + "}\n" for n in range(depth - 1, -1, -1))
    base = "chain base {\ntype filter hook output priority 0\njump c0\n}\n"
    return (
        f"ip link set lo up\nnft -f - <<'X'\ntable ip t {{\nchain c{depth} {{\ncounter\n}}\n{chains}{base}}}\nX\n"
        "ping -c 1 127.0.0.1\n"
    )


SMALL = partial(LabLimits, namespaces=20, devices=40, rules=100, packets=1000, commands=120, output=5000)
"""A lab's limits, so low that reaching them takes no time."""

TOO_MUCH = {
    "a ping that never ends": (
        TWO + "ip netns exec a ping -q -c 99999999 -i 0.002 10.0.0.2\n",
        "more than 1000 packets",
    ),
    "a flood": (TWO + "ip netns exec a ping -q -f -c 99999999 10.0.0.2\n", "more than 1000 packets"),
    "a generator of packets": (TWO + "ip netns exec a mausezahn va -c 0 -t udp dp=1-65535\n", "more than 1000 packets"),
    "a fork bomb of frames": (
        TWO + mirrors("a", "va") + mirrors("b", "vb") + "ip netns exec a ping -c 1 10.0.0.2\n",
        "more than 1000 packets",
    ),
    "pings in the background": (
        TWO + "ip netns exec a ping -i 0.002 10.0.0.2 >/dev/null &\n" * 40 + "sleep 100000\n",
        "more than 1000 packets",
    ),
    "namespaces": ("".join(f"ip netns add n{n}\n" for n in range(30)), "more than 20 namespaces in a lab"),
    "devices": ("".join(f"ip link add d{n} type dummy\n" for n in range(60)), "more than 40 devices in a lab"),
    "rules": (
        "nft -f - <<'X'\ntable ip t {\nchain c {\n" + "tcp dport 1 drop\n" * 200 + "}\n}\nX\n",
        "more than 100 rules and filters in a lab",
    ),
    "commands": ("true && " * 300 + "true\n", "more than 120 commands in a lab"),
    "words": (TWO + "ip netns exec a ping -c 900 10.0.0.2\n", "more than 5000 characters of output"),
    "programs in programs": (
        "ip netns add a\n" + "ip netns exec a " * 5000 + "true\n",
        "a command of the lab is nested too deeply",
    ),
}


@pytest.mark.parametrize(("script", "text"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_lab_that_asks_for_too_much_is_refused_and_the_room_goes_on(
    script: str, text: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "Limits", SMALL)
    person = limited(database)
    code, teacher = room_of(person)
    for _ in range(2):  # the second time nobody waits for the first
        assert text in refusal(teacher, ShowLab(RoomLab("x", script)))
    goes_on(person, code, teacher)


def test_a_lab_in_which_one_packet_jumps_between_chains_without_end_runs_out_of_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = limited(database)
    code, teacher = room_of(person)
    with monkeypatch.context() as short:
        short.setattr(running, "Limits", partial(LabLimits, seconds=0.2))
        assert "longer than 0.2 seconds" in refusal(teacher, ShowLab(RoomLab("x", jumps(7, 9))))
    goes_on(person, code, teacher)


BOUNDED = {
    "a long sleep": "sleep 1000000000\n",
    "a ping that waits for ever": "ip netns add a\nip -n a link set lo up\nip netns exec a ping -q -i 60 127.0.0.1\n",
    "a set of thousands": "nft -f - <<'X'\ntable ip t {\nset s {\ntype ipv4_addr\nelements = { "
    + ", ".join(f"10.{n >> 8}.{n & 255}.1" for n in range(3000))
    + " }\n}\n}\nX\n",
    "a deep heredoc": "nft -f - <<'X'\n" + "{" * 4000 + "\nX\n",
    "a definition that doubles": "nft -f - <<'X'\ndefine a0 = { 1, 2 }\n"
    + "".join(f"define a{n} = {{ $a{n - 1}, $a{n - 1} }}\n" for n in range(1, 40))
    + "table ip t { chain c { tcp dport $a39 drop } }\nX\n",
}


@pytest.mark.parametrize("script", BOUNDED.values(), ids=BOUNDED)
def test_a_lab_that_only_looks_like_too_much_ends_soon(
    script: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "Limits", SMALL)
    person = limited(database)
    code, teacher = room_of(person)
    assert isinstance(teacher.ask(ShowLab(RoomLab("x", script))), RoomDone)
    goes_on(person, code, teacher)


# Rates

RATES: dict[str, tuple[str, Callable[[str], RoomRequest], str]] = {
    "codes": ("guess", lambda _: JoinRoom("BBBBBB"), "Too many wrong codes from your address. Try again in"),
    "tokens": ("guess", lambda code: JoinRoom(code, token="x"), "Too many wrong codes from your address. Try again in"),
    "rooms": ("room", lambda _: OpenRoom(), "Many rooms were opened from your address. Try again in"),
    "students": ("join", JoinRoom, "Many join from your address. Try again in"),
}


@pytest.mark.parametrize(("kind", "request_", "text"), RATES.values(), ids=RATES)
def test_who_asks_too_often_is_told_how_long_to_wait_and_the_room_goes_on(
    kind: str, request_: Callable[[str], RoomRequest], text: str, database: Database
) -> None:
    person = limited(database, **{kind: Rate(3, 1)})
    code, teacher = room_of(person)
    answers = [person().ask(request_(code)) for _ in range(4)]
    last = answers[-1]
    assert isinstance(last, Failed)
    assert last.code == "busy"
    assert text in last.message
    assert sentence("de", last.message) != last.message
    assert isinstance(teacher.ask(ShowLab(LAB)), RoomDone)


def test_a_connection_that_floods_waits_and_the_others_do_not(database: Database) -> None:
    person = limited(database, connection=Rate(10, 60))
    code, teacher = room_of(person)
    flood = person()
    flood.join(code)
    answers = [flood.ask(GetRoomLab(1)) for _ in range(12)]
    assert "Too many messages. Wait" in refusal(flood, GetRoomLab(1))
    assert isinstance(answers[0], Failed)
    goes_on(person, code, teacher)


def test_a_full_room_says_where_to_watch(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_limits, "MAX_MEMBERS", 2)
    person = limited(database)
    code, _ = room_of(person)
    first, _second = person(), person()
    key = first.join(code).key
    _second.join(code)
    assert refusal(person(), JoinRoom(code)) == "The room is full: 2 have joined. Watch at the projector."
    assert isinstance(person().ask(JoinRoom(code, key=key)), RoomJoined)
    assert person().join(code, projector=True).view.joined == 2


def test_a_student_offers_no_more_labs_than_can_be_kept(database: Database) -> None:
    person = limited(database)
    code, teacher = room_of(person)
    student = person()
    student.join(code)
    for _ in range(room_limits.MAX_OFFERS):
        student.do(OfferLab(LAB))
    assert "no more can be kept" in refusal(student, OfferLab(LAB))
    goes_on(person, code, teacher)


def test_what_a_student_writes_is_a_short_line_that_the_wall_never_gets(database: Database) -> None:
    person = limited(database)
    code, _ = room_of(person)
    student, wall = person(), person()
    student.join(code)
    wall.join(code, projector=True)
    own = student.do(TakeName("<img src=x onerror=alert(1)>\u202e\n" + "x" * 30)).own
    assert own is not None
    assert own.name == "<img src=x onerror=alert"
    assert "onerror" not in repr(wall.hall.told.get(wall.sid))


# Pages

PAGES = (
    "/", "/lab", "/lab/redirect", "/twin", "/twin/redirect/fwd", "/workshop", "/workshop/redirect", "/embed",
    "/embed/redirect", "/classroom", "/join", "/join/BCDFGH", "/teach/BCDFGH", "/projector/BCDFGH", "/lessons", "/nope",
    "/lessons/first-packet/worksheet",
)  # fmt: skip


@pytest.fixture(scope="module")
def client(database: Database) -> FlaskClient:
    return create_app(database=database).test_client()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_allows_or_has_anything_inline_or_sets_a_cookie(path: str, client: FlaskClient) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "Set-Cookie" not in answer.headers
    html = answer.text
    assert set(re.findall(r"<script\b([^>]*)>", html)) <= {
        script for script in re.findall(r"<script\b([^>]*)>", html) if "src=" in script or "application/json" in script
    }
    assert not re.search(r"<style|<[^>]*\s(style|on\w+)=", html.split('id="page-data"')[0])


def test_another_site_s_page_gets_no_socket(client: FlaskClient) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    assert client.get(path, headers={"Origin": "https://elsewhere.example"}).status_code == 400
    assert client.get(path, headers={"Origin": "http://localhost"}).status_code == 200


@pytest.mark.parametrize("path", ["/s", "/progress"])
def test_a_body_that_is_too_long_is_not_read(path: str, client: FlaskClient) -> None:
    body = msgspec.json.encode({"type": "KeepLink", "address": "x" * 600_000})
    assert client.post(path, data=body, content_type="application/json").status_code == 413
    assert client.get("/icon.svg").status_code == 200

import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.userland.shell import Command, Connector, Redirection, ScriptError, Sink, Word, parse

CASES = Path(__file__).parents[1] / "cases"


def one(text: str) -> Command:
    ((step,),) = parse(text)
    return step.command


def refusal(text: str) -> tuple[int, int, str]:
    with pytest.raises(ScriptError) as caught:
        parse(text)
    return caught.value.line, caught.value.column, caught.value.message


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ("ip link", ["ip", "link"]),
        ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
        ("a b\\ c\\#d", ["a", "b c#d"]),
        ("a '' \"\"", ["a", "", ""]),
        ("a b#c # d", ["a", "b#c"]),
        ('a "x\\"y\\$z\\\\w\\n"', ["a", 'x"y$z\\w\\n']),
        ("a 'b\\c'd\"e\"f", ["a", "b\\cdef"]),
        ("a \\\n  b", ["a", "b"]),
        ('a "b\\\nc"', ["a", "bc"]),
        ("a {b} [c] *", ["a", "{b}", "[c]", "*"]),
        ("a x=1 { y }", ["a", "x=1", "{", "y", "}"]),
        ("a 'b\nc'", ["a", "b\nc"]),
    ],
)
def test_words_are_cut_and_unquoted_as_bash_does(text: str, argv: list[str], tmp_path: Path) -> None:
    assert one(text).argv == argv
    printing = "printf '%s\\0' " + text
    seen = subprocess.run(["bash", "-c", printing], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert seen.split("\0")[:-1] == argv


def test_every_word_knows_its_line_and_column() -> None:
    assert one("  ip \\\n link 'a b'").words == (
        Word("ip", 1, 3, 2, 4),
        Word("link", 2, 2, 8, 12),
        Word("a b", 2, 7, 13, 18),
    )


def test_a_command_knows_where_it_and_its_here_documents_stand() -> None:
    text = "a; b -x <<'X' <<Y >/dev/null\none\nX\n\ttwo\nY\nc &\n"
    commands = [step.command for steps in parse(text) for step in steps]
    assert [text[command.start : command.end] for command in commands] == ["a", "b -x <<'X' <<Y >/dev/null", "c"]
    first, second = commands[1].heredocs
    assert (text[first.start : first.end], text[second.start : second.end]) == ("one\n", "\ttwo\n")
    assert text[second.after :] == "c &\n"


def test_semicolons_and_newlines_separate_lists_and_connectors_join_them() -> None:
    lists = parse("a; b && c || d &&\n\n e\n# f\n\ng")
    assert [[(step.connector, step.command.argv) for step in steps] for steps in lists] == [
        [(Connector.ALWAYS, ["a"])],
        [(Connector.ALWAYS, ["b"]), (Connector.AND, ["c"]), (Connector.OR, ["d"]), (Connector.AND, ["e"])],
        [(Connector.ALWAYS, ["g"])],
    ]


def test_a_heredoc_is_the_command_s_input_and_not_part_of_its_source() -> None:
    command = one("nft -f - <<'X'\ntable t {\n\t$a\\\n}\nX\n")
    assert (command.argv, command.stdin, command.source) == (
        ["nft", "-f", "-"],
        "table t {\n\t$a\\\n}\n",
        "nft -f - <<'X'",
    )


def test_heredocs_of_one_line_follow_each_other() -> None:
    first, second = parse("a <<X; b <<'Y'\n1\nX\n2\nY\n")
    assert (first[0].command.stdin, second[0].command.stdin) == ("1\n", "2\n")


def test_an_unquoted_heredoc_knows_backslashes() -> None:
    assert one("a <<X\n\\$b \\\\ \\c \\\nd\nX\n").stdin == "$b \\ \\c d\n"


def test_a_heredoc_with_a_dash_loses_leading_tabs() -> None:
    assert one("a <<-X\n\t b\n\tX\n").stdin == " b\n"


def test_output_may_only_be_sent_to_dev_null_or_the_other_stream() -> None:
    assert one("a >/dev/null 2>&1").redirections == (Redirection(1, Sink.NULL), Redirection(2, Sink.STDOUT))
    assert one("a &>/dev/null b").argv == ["a", "b"]
    assert refusal("a > b") == (1, 3, "`> b' is not modelled: there are no files but /dev/null")


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("a\nb | c", 2, 3, "pipes"),
        ("a && b &", 1, 8, "lists in the background"),
        ("& a", 1, 1, "unexpected token `&'"),
        ("(a)", 1, 1, "subshells"),
        ("a $b", 1, 3, "variables"),
        ('a "b $c"', 1, 6, "variables"),
        ("a `b`", 1, 3, "substitutions"),
        ("a <<X\n b $c\nX\n", 2, 4, "delimiter is quoted"),
        ("A=1", 1, 1, "variables"),
        ("a <<< b", 1, 3, "here-strings"),
        ("for i in 1 2; do", 1, 1, "`for'"),
        ("a {b,c}", 1, 3, "brace expansion"),
        ("a ~b", 1, 3, "~"),
        ("a;;", 1, 2, "unexpected token `;;'"),
        ("a &&", 1, 5, "unexpected end of file"),
        ("&& a", 1, 1, "unexpected token `&&'"),
        ("a 'b\n", 1, 3, "matching `''"),
        ("a <<X\nb", 1, 3, "not ended by `X'"),
        ("a\r\nb", 1, 2, "carriage return"),
    ],
)
def test_what_is_no_lab_is_refused_at_its_place(text: str, line: int, column: int, word: str) -> None:
    at = refusal(text)
    assert at[:2] == (line, column)
    assert word in at[2]


@pytest.mark.parametrize(
    "text",
    [
        "false",
        "false a \\\n b",
        "false \\\n b \\\n c",
        "\\\n\\\nfalse",
        'false "c\nd\n" e',
        'false a "c\nd\n" e',
        "fal\\\nse a",
        "true && false \\\n\n",
        "true &&\n\n false",
        "false <<X\nb\nX\n",
        "false \\\n <<X a\nb\nX\n",
    ],
)
def test_the_line_of_a_command_is_bash_s_lineno(text: str, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text("trap 'echo $LINENO' ERR\n")
    lab = tmp_path / "lab.sh"
    lab.write_text(text)
    seen = subprocess.run(["bash", lab], env={"BASH_ENV": str(trap)}, capture_output=True, text=True, check=False)
    assert parse(text)[-1][-1].command.line == int(seen.stdout)


@given(st.text(alphabet=st.sampled_from("ab \t\n\r'\"\\$`|&;<>(){}#~=12*,.X/") | st.characters()))
def test_reading_ends_in_commands_or_a_script_error(text: str) -> None:
    with suppress(ScriptError):
        assert all(step.command.words for steps in parse(text) for step in steps)


@pytest.mark.parametrize("lab", sorted((CASES / "labs").glob("*.sh")), ids=lambda lab: lab.stem)
def test_every_recorded_lab_is_read(lab: Path) -> None:
    assert parse(lab.read_text())

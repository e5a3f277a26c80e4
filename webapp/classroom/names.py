"""What students are called: as they like, or by an animal that nobody else in the room is called by."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from webapp.classroom.limits import MAX_NICKNAME

_ANIMALS = (
    "adder ant badger bat bear beaver bee bison boar camel cat civet cod condor coot coyote crab crane crow deer dingo "
    "dove duck eagle eel egret eland elk emu falcon ferret finch fox frog gannet gecko gibbon gnu goat goose grebe "
    "grouse gull hare hawk hen heron hornet horse ibex ibis iguana impala jackal jay kite kiwi koala kudu lark lemur "
    "lion lizard llama lobster loon lynx magpie marten mole moose moth mouse mule newt ocelot okapi orca osprey otter "
    "owl ox oyster panda parrot pelican penguin perch pigeon pike pony puffin puma quail rabbit raven ray robin rook "
    "sable salmon seal shark sheep shrew shrimp skink skunk sloth snail snipe sparrow spider squid stoat stork swan "
    "swift tapir tern thrush tiger toad trout tuna turkey turtle urchin viper vole vulture walrus wasp weasel whale "
    "wolf wombat wren yak zebra zebu"
)
ANIMALS = tuple(_ANIMALS.split())


class NameTakenError(ValueError):
    """A name that cannot be taken, in words for who wants it."""


def nickname(wish: str, taken: Collection[str]) -> str:
    """``wish`` as one short line without control characters, or an animal where it is empty."""
    name = clean(wish)
    if not name:
        return free_animal(taken)
    if name in taken:
        raise NameTakenError(f"Somebody in the room is called {name}. Choose another name.")
    return name


def clean(wish: str) -> str:
    """The name without what changes lines, colours or the direction of writing, at most MAX_NICKNAME characters."""
    plain = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in unicodedata.normalize("NFC", wish))
    return " ".join(plain.split())[:MAX_NICKNAME].strip()


def free_animal(taken: Collection[str]) -> str:
    """The first animal that nobody is called by; then the second of each kind."""
    turn = 1
    while True:
        for animal in ANIMALS:
            name = animal if turn == 1 else f"{animal} {turn}"
            if name not in taken:
                return name
        turn += 1

"""EditScript: the answer to what was done to the picture."""

import pytest

from webapp.server.labs import RefusedError
from webapp.server.protocol import Edited, EditScript
from webapp.server.workshop import answer
from webapp.workshop.operations import AddNamespace, AddVeth


def no_lab(key):
    raise AssertionError(key)


def test_an_operation_is_answered_by_an_edit_of_the_script():
    found = answer(EditScript("", AddNamespace("host")), no_lab)
    assert isinstance(found, Edited)
    assert found.edit.commands[0] == "ip netns add host"


def test_an_operation_that_cannot_be_done_is_refused_in_words_for_people():
    with pytest.raises(RefusedError) as refused:
        answer(EditScript("", AddVeth("a", "b")), no_lab)
    assert refused.value.failed.code == "operation"
    assert refused.value.failed.message == "There is no namespace a in this lab. Make it first."

"""Whether two outputs of a lab agree: every observation of each is found in the other, figures and all."""

from dataclasses import dataclass, field

from webapp.livekernel.observation import observe


@dataclass(frozen=True, slots=True)
class Difference:
    """An observation on which the two sides differ; None: this side does not have it.

    ``lines`` are where the real and the model's output say it, 0 where they do not.
    """

    subject: str
    real: str | None
    model: str | None
    lines: tuple[int, int] = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        return f"{self.subject}: real {self.real!r}, model {self.model!r}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``total`` counts the observations of both sides, each subject once."""

    differences: tuple[Difference, ...]
    total: int

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def compare(real: str, model: str) -> Comparison:
    """Compares two outputs of one lab.

    An optional observation (u32's performance counters, which not every kernel has) may be missing on one side.
    """
    observed = observe(real), observe(model)
    reals, models = ({one.subject: one.value for one in side} for side in observed)
    real_lines, model_lines = ({one.subject: one.line for one in side} for side in observed)
    optional = {one.subject for side in observed for one in side if one.optional}
    subjects = reals | models
    differences = (
        Difference(
            subject,
            reals.get(subject),
            models.get(subject),
            (real_lines.get(subject, 0), model_lines.get(subject, 0)),
        )
        for subject in subjects
        if subject not in optional or (subject in reals and subject in models)
    )
    return Comparison(tuple(one for one in differences if one.real != one.model), len(subjects))

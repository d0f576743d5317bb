"""A structural equation model as data: which items measure what, which arrows are drawn.

Everything that is estimated is written down: semopy leaves terminal endogenous latents
uncorrelated where lavaan's `sem()` lets them correlate, so no covariance is left to a default.
"""

from dataclasses import dataclass
from functools import cached_property

from analysis.errors import ModelError


@dataclass(frozen=True)
class Model:
    """Latent constructs, the arrows between them, and the covariances that are free.

    The first item of each construct has loading 1; of those in `equal`, every item. Every item has
    an error variance, every construct a (residual) variance.

    Examples
    --------
    >>> print(Model((("T", ("t1", "t2")), ("C", ("c1", "c2"))), (("T", "C"),)).text)
    T =~ t1 + t2
    C =~ c1 + c2
    C ~ T
    """

    measurement: tuple[tuple[str, tuple[str, ...]], ...]
    paths: tuple[tuple[str, str], ...] = ()  # source, target
    covariances: tuple[tuple[str, str], ...] = ()
    equal: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [*self.latents, *self.items]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ModelError(f"The model names {', '.join(twice)} twice; each may occur once.")
        known = {name for pair in (*self.paths, *self.covariances) for name in pair}
        unknown = sorted(known - set(self.latents))
        if unknown:
            raise ModelError(f"The model has no items for {', '.join(unknown)}; name some.")

    @cached_property
    def latents(self) -> list[str]:
        """Names of the constructs."""
        return [name for name, _ in self.measurement]

    @cached_property
    def items(self) -> list[str]:
        """Names of the items, construct by construct."""
        return [item for _, items in self.measurement for item in items]

    @cached_property
    def endogenous(self) -> list[str]:
        """Constructs that an arrow points at."""
        return [name for name in self.latents if any(name == target for _, target in self.paths)]

    @cached_property
    def exogenous(self) -> list[str]:
        """Constructs that no arrow points at."""
        return [name for name in self.latents if name not in self.endogenous]

    @cached_property
    def fixed(self) -> list[tuple[str, str, str]]:
        """Loadings that are 1 and not estimated."""
        kept = [
            (name, items if name in self.equal else items[:1]) for name, items in self.measurement
        ]
        return [(name, "=~", item) for name, items in kept for item in items]

    @cached_property
    def parameters(self) -> list[tuple[str, str, str]]:
        """What is estimated as (lhs, op, rhs), in lavaan's notation; the order of every vector."""
        fixed = set(self.fixed)
        loadings = [(name, "=~", item) for name, items in self.measurement for item in items]
        loadings = [loading for loading in loadings if loading not in fixed]
        arrows = [(target, "~", source) for source, target in self.paths]
        spread = [(name, "~~", name) for name in self.latents]
        joint = [(one, "~~", other) for one, other in self.covariances]
        errors = [(item, "~~", item) for item in self.items]
        return [*loadings, *arrows, *spread, *joint, *errors]

    @property
    def df(self) -> int:
        """Degrees of freedom: sample moments minus what is estimated."""
        p = len(self.items)
        return p * (p + 1) // 2 - len(self.parameters)

    @property
    def text(self) -> str:
        """The model as lavaan and semopy read it; variances are understood."""
        one = {name: "1*" if name in self.equal else "" for name in self.latents}
        lines = [
            f"{name} =~ {' + '.join(one[name] + item for item in items)}"
            for name, items in self.measurement
        ]
        for name in self.endogenous:
            sources = [source for source, target in self.paths if target == name]
            lines.append(f"{name} ~ {' + '.join(sources)}")
        lines += [f"{one} ~~ {other}" for one, other in self.covariances]
        return "\n".join(lines)

    @property
    def aliased(self) -> "Model":
        """The same model under names that any parser reads: f0, f1 and on, x0, x1 and on."""
        new = {name: f"f{k}" for k, name in enumerate(self.latents)}
        new |= {name: f"x{k}" for k, name in enumerate(self.items)}
        return Model(
            tuple(
                (new[name], tuple(new[item] for item in items)) for name, items in self.measurement
            ),
            tuple((new[one], new[other]) for one, other in self.paths),
            tuple((new[one], new[other]) for one, other in self.covariances),
            tuple(new[name] for name in self.equal),
        )


def structural(
    measurement: tuple[tuple[str, tuple[str, ...]], ...], paths: tuple[tuple[str, str], ...]
) -> Model:
    """Model in which exogenous constructs correlate freely, and so do the terminal outcomes.

    Terminal outcomes are endogenous constructs that lead to nothing: what the model leaves of
    them may have common causes that nobody asked about. This is what lavaan's `sem()` does.

    Examples
    --------
    >>> items = tuple((name, (name + "1", name + "2")) for name in "ABCD")
    >>> structural(items, (("A", "B"), ("B", "C"), ("B", "D"))).covariances
    (('C', 'D'),)
    """
    bare = Model(measurement, paths)
    sources = {source for source, _ in paths}
    ends = [name for name in bare.endogenous if name not in sources]
    return Model(measurement, paths, (*_pairs(bare.exogenous), *_pairs(ends)))


def confirmatory(measurement: tuple[tuple[str, tuple[str, ...]], ...]) -> Model:
    """The measurement model: no arrows, every pair of constructs correlates."""
    return Model(measurement, (), tuple(_pairs([name for name, _ in measurement])))


def _pairs(names: list[str]) -> list[tuple[str, str]]:
    return [(one, other) for k, one in enumerate(names) for other in names[k + 1 :]]

"""Whether a second set of items has the same sum, asked of a constraint solver (OR-Tools CP-SAT).

OR-Tools is optional: without it nothing is known, and what is not known is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

# More items than that are asked about: the model itself would take too long.
ITEMS_MAX = 2_000


def is_only_sum(
    amounts: Sequence[int], target: int, known: Collection[int], *, seconds: int
) -> bool | None:
    """Whether the positions ``known`` are the only ones whose amounts sum to ``target``.

    Args:
        amounts: Cents, credits negative.
        target: Cents.
        known: Positions in ``amounts`` of the one explanation that was found.
        seconds: Longest search.

    Returns:
        ``None`` when the limit is reached, or when the solver is not installed.

    >>> is_only_sum([100, 60, 40], 100, [0], seconds=2) in {False, None}
    True
    """
    if len(amounts) > ITEMS_MAX:
        return None
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        return None
    model = cp_model.CpModel()
    taken = [model.new_bool_var(f"x{position}") for position in range(len(amounts))]
    model.add(sum(amount * one for amount, one in zip(amounts, taken, strict=True)) == target)
    chosen = set(known)
    # At least one item taken or left out otherwise than in the known set.
    model.add_bool_or(
        one.negated() if position in chosen else one for position, one in enumerate(taken)
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_search_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_time_in_seconds = seconds
    # The machine's pace must not change an answer: work is bounded before time is.
    solver.parameters.max_deterministic_time = seconds
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return True
    return False if status in {cp_model.OPTIMAL, cp_model.FEASIBLE} else None

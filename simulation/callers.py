"""Who the callers are: the draws that decide their calls, who of them is calling now, and who has been served."""

from __future__ import annotations

from math import inf

from simulation.arrivals import Arrivals
from simulation.calls import ANSWERED, IVR_ABANDONED, IVR_COMPLETED
from simulation.centre import Centre
from simulation.draws import Law, Shape, sample
from simulation.keyed import Purpose, draw, stream, uniforms

__all__ = ["Callers"]

CONSTANT = int(Shape.CONSTANT)

OF_EVERY_CALL = (
    Purpose.IVR_ROUTE,
    Purpose.IVR_TIME,
    Purpose.PATIENCE,
    Purpose.SHORT_CALL,
    Purpose.TALK,
    Purpose.HOLD,
    Purpose.WRAP_UP,
)


class Callers:
    """The callers of one replication; a call is named by its caller and attempt."""

    def __init__(self, centre: Centre, seed: int, replication: int, arrivals: Arrivals) -> None:
        self._centre = centre
        self._tables = centre.tables
        self._key: list[int] = arrivals.key.tolist()
        self._base = [stream(seed, replication, purpose) for purpose in range(max(Purpose) + 1)]
        # Uniform numbers of first attempts in one go; the same numbers as asked one by one.
        self._first: list[list[float] | None] = [None] * len(self._base)
        for purpose in OF_EVERY_CALL:
            self._first[purpose] = uniforms(self._base[purpose], arrivals.key, 1).tolist()
        self._talk_scale: list[list[float]] = centre.talk_scale.tolist()
        self._ivr_ends_calls = centre.self_service_share > 0 or centre.hang_up_share > 0
        self._three_way = any(share > 0 for share in centre.three_way_share)
        self.inside = bytearray(len(arrivals))
        """Whether the caller holds a circuit now."""
        self.settled = bytearray(len(arrivals))
        """Whether the caller has been answered, or reached by a call-back."""

    def __len__(self) -> int:
        return len(self._key)

    def needs_no_call_back(self, caller: int) -> bool:
        """The caller is calling at this moment, or has been answered or reached (§30)."""
        return bool(self.settled[caller] or self.inside[caller])

    def uniform(self, purpose: Purpose, caller: int, attempt: int) -> float:
        """The draw for this purpose, caller and attempt."""
        if attempt == 1:
            first = self._first[purpose]
            if first is not None:
                return first[caller]
        return draw(self._base[purpose], self._key[caller], attempt)

    def chance(self, share: float, purpose: Purpose, caller: int, attempt: int) -> bool:
        """Whether what happens with this share happens to the call."""
        return share > 0 and self.uniform(purpose, caller, attempt) < share

    def time_s(self, law: Law, purpose: Purpose, caller: int, attempt: int) -> float:
        """The call's time of this law."""
        if law[0] == CONSTANT:
            return law[1]
        return sample(*law, self.uniform(purpose, caller, attempt), self._tables)

    def patience_s(self, line: int, caller: int, attempt: int) -> float:
        """How long the caller waits for an agent; may be infinite."""
        return self.time_s(self._centre.patience[line], Purpose.PATIENCE, caller, attempt)

    def redials_after_s(self, line: int, caller: int, attempt: int) -> float:
        """When the caller tries again after this attempt failed; infinite for never (§21)."""
        centre = self._centre
        if attempt >= centre.attempts_max[line]:
            return inf
        if not self.chance(centre.redial_share[line], Purpose.REDIAL, caller, attempt):
            return inf
        return self.time_s(centre.redial_delay[line], Purpose.REDIAL_DELAY, caller, attempt)

    def ivr(self, caller: int, attempt: int) -> tuple[int, float]:
        """How announcement and IVR end for the caller (ANSWERED: asks for an agent), and their length (§13)."""
        centre = self._centre
        if self._ivr_ends_calls:
            route = self.uniform(Purpose.IVR_ROUTE, caller, attempt)
            if route < centre.self_service_share:
                served_s = self.time_s(centre.self_service, Purpose.IVR_TIME, caller, attempt)
                return IVR_COMPLETED, centre.announcement_s + served_s
            if route < centre.self_service_share + centre.hang_up_share:
                return IVR_ABANDONED, self.time_s(centre.hang_up, Purpose.IVR_TIME, caller, attempt)
        return ANSWERED, centre.announcement_s + self.time_s(centre.menu, Purpose.IVR_TIME, caller, attempt)

    def handling(self, line: int, interval: int, caller: int, attempt: int, pace: float) -> tuple[float, float]:
        """Conversation (talk, hold, a third party) and wrap-up by an agent of this pace (§20, §67, §68).

        ``interval`` is that of the call's arrival.
        """
        centre = self._centre
        if self.chance(centre.short_call_share[line], Purpose.SHORT_CALL, caller, attempt):
            return centre.short_call_s[line], 0.0
        talk_s = self.time_s(centre.talk[line], Purpose.TALK, caller, attempt)
        hold_s = self.time_s(centre.hold[line], Purpose.HOLD, caller, attempt)
        wrap_s = self.time_s(centre.wrap[line], Purpose.WRAP_UP, caller, attempt)
        spoken_s = talk_s * self._talk_scale[line][interval] + hold_s
        if self._three_way and self.chance(centre.three_way_share[line], Purpose.THREE_WAY, caller, attempt):
            spoken_s += self.time_s(centre.three_way[line], Purpose.THREE_WAY_TIME, caller, attempt)
        return spoken_s * pace, wrap_s * pace

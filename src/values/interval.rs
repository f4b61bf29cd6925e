//! Half-open intervals of time.

use super::instant::Instant;

/// A half-open, non-empty interval of microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    start: i64,
    end: i64,
}

impl Interval {
    /// The start of an interval that is open below, earlier than anything.
    pub const OPEN_START: i64 = i64::MIN;
    /// The end of an interval that is open above, later than anything.
    pub const OPEN_END: i64 = i64::MAX;

    /// The interval from `start` to before `end`; `None` if that is empty.
    #[must_use]
    pub fn new(start: i64, end: i64) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// The caller knows that `start` is before `end`.
    pub(super) fn spanning(start: i64, end: i64) -> Self {
        debug_assert!(start < end, "an interval is never empty");
        Self { start, end }
    }

    /// A Period: from the start of its first bound to the end of its second one; a missing bound is open.
    ///
    /// `None` if both bounds are missing, which is no value, or if the end lies before the start.
    #[must_use]
    pub fn period(start: Option<Self>, end: Option<Self>) -> Option<Self> {
        if start.is_none() && end.is_none() {
            return None;
        }
        Self::new(start.map_or(Self::OPEN_START, |s| s.start), end.map_or(Self::OPEN_END, |e| e.end))
    }

    /// The first microsecond.
    #[must_use]
    pub fn start(self) -> i64 {
        self.start
    }

    /// The first microsecond after the interval.
    #[must_use]
    pub fn end(self) -> i64 {
        self.end
    }

    /// The range that `ap` searches: both bounds moved out by a tenth of the distance between `now` and the nearer
    /// bound, which is nothing if `now` lies inside. Open ends stay open.
    #[must_use]
    pub fn widen(self, now: Instant) -> Self {
        let before = self.start.saturating_sub(now.0).max(0);
        let after = now.0.saturating_sub(self.end).max(0);
        let margin = before.max(after) / 10;
        let start = if self.start == Self::OPEN_START { self.start } else { self.start.saturating_sub(margin) };
        Self::spanning(start, self.end.saturating_add(margin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn interval(start: i64, end: i64) -> Interval {
        Interval::new(start, end).unwrap()
    }

    #[test]
    fn an_interval_is_never_empty() {
        assert_eq!(Interval::new(5, 5), None);
        assert_eq!(Interval::new(6, 5), None);
    }

    #[test]
    fn a_period_spans_its_bounds() {
        let (first, second) = (interval(10, 20), interval(15, 30));
        assert_eq!(Interval::period(Some(first), Some(second)), Some(interval(10, 30)));
        assert_eq!(Interval::period(Some(first), None), Some(interval(10, Interval::OPEN_END)));
        assert_eq!(Interval::period(None, Some(second)), Some(interval(Interval::OPEN_START, 30)));
        assert_eq!(Interval::period(None, None), None);
        assert_eq!(Interval::period(Some(interval(40, 50)), Some(second)), None);
    }

    #[test]
    fn approximately_grows_with_the_distance_to_now() {
        let year = interval(1_000, 2_000);
        assert_eq!(year.widen(Instant(1_500)), year);
        assert_eq!(year.widen(Instant(2_000)), year);
        assert_eq!(year.widen(Instant(3_000)), interval(900, 2_100));
        assert_eq!(year.widen(Instant(0)), interval(900, 2_100));
        let open = interval(1_000, Interval::OPEN_END);
        assert_eq!(open.widen(Instant(0)), interval(900, Interval::OPEN_END));
        let open = interval(Interval::OPEN_START, 1_000);
        assert_eq!(open.widen(Instant(2_000)), interval(Interval::OPEN_START, 1_100));
    }

    proptest! {
        #[test]
        fn widening_keeps_what_was_inside(a: i64, b: i64, now: i64) {
            let (start, end) = (a.min(b), a.max(b));
            prop_assume!(start != end);
            let wide = interval(start, end).widen(Instant(now));
            prop_assert!(wide.start <= start && end <= wide.end);
        }
    }
}

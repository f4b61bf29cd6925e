//! What holds of one element at hand.

use super::{Lowered, MAX_DEPTH, Walk};
use crate::algebra::{Elements, SetId, Universe};
use crate::capability::Question;
use crate::target::{Rows, Target};

impl<'q, T: Target> Walk<'q, T> {
    /// The element at hand is in the set. It is there: that is where the complement is taken from.
    pub(super) fn element(
        &mut self,
        id: SetId,
        (universe, within): (&Universe, &'q Elements),
        at: &T::At,
    ) -> Lowered<T::Cond> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.refusal(id, Question::Depth));
        }
        let cond = match within {
            Elements::Rows { key, kind, test } => {
                if !kind.is_of_element() {
                    return Err(self.refusal(id, Question::Typing(*kind)));
                }
                let mut conds = Vec::new();
                for atoms in &self.cases(id, *kind, test)? {
                    conds.push(self.row(at, &Rows { key: *key, kind: *kind, universe, atoms }));
                }
                self.target.or(conds)
            }
            // What is taken away is asked last, of what is left.
            Elements::And(parts) => {
                let (less, kept): (Vec<&Elements>, Vec<&Elements>) =
                    parts.iter().partition(|part| matches!(part, Elements::Not(_)));
                let conds = self.each(id, (universe, &kept), at)?;
                let mut cond = self.target.and(conds);
                for part in less {
                    if let Elements::Not(inner) = part {
                        let less = self.other(id, (universe, inner), at)?;
                        cond = self.target.minus(cond, less);
                    }
                }
                cond
            }
            Elements::Or(parts) => {
                let parts: Vec<&Elements> = parts.iter().collect();
                let conds = self.each(id, (universe, &parts), at)?;
                self.target.or(conds)
            }
            Elements::Not(inner) => {
                let less = self.other(id, (universe, inner), at)?;
                let all = self.target.and(Vec::new());
                self.target.minus(all, less)
            }
        };
        self.leave();
        Ok(cond)
    }

    /// What is taken away.
    fn other(&mut self, id: SetId, of: (&Universe, &'q Elements), at: &T::At) -> Lowered<T::Cond> {
        self.taken_away = !self.taken_away;
        let less = self.element(id, of, at)?;
        self.taken_away = !self.taken_away;
        Ok(less)
    }

    fn each(
        &mut self,
        id: SetId,
        (universe, parts): (&Universe, &[&'q Elements]),
        at: &T::At,
    ) -> Lowered<Vec<T::Cond>> {
        if parts.len() > T::MOST_PARTS {
            return Err(self.refusal(id, Question::Alternatives));
        }
        parts.iter().map(|&part| self.element(id, (universe, part), at)).collect()
    }
}

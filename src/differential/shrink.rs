//! Shrinking: resources, their members and parts of the search are left out as long as the answers differ.

use super::case::Disagreement;
use super::data::Line;
use super::query::Query;
use super::resources::KEPT;
use super::subject::{Subject, Verdict};
use crate::stores::StoreError;

/// The most comparisons that shrinking makes.
const BUDGET: usize = 250;

/// A failing pair on its way to a small one.
struct Shrinker<'s> {
    subject: &'s mut Subject,
    query: Query,
    lines: Vec<Line>,
    smallest: Disagreement,
    left: usize,
}

/// A small pair that differs too.
pub(super) async fn shrink(
    subject: &mut Subject,
    query: Query,
    lines: Vec<Line>,
    found: Disagreement,
) -> Result<Disagreement, StoreError> {
    let mut shrinker = Shrinker { subject, query, lines, smallest: found, left: BUDGET };
    loop {
        let before = (shrinker.query.clone(), shrinker.lines.clone());
        shrinker.parts().await?;
        shrinker.resources().await?;
        shrinker.members().await?;
        if shrinker.left == 0 || before == (shrinker.query.clone(), shrinker.lines.clone()) {
            shrinker.smallest.case.writes = shrinker.lines;
            return Ok(shrinker.smallest);
        }
    }
}

impl Shrinker<'_> {
    /// Whether a smaller pair differs too; then it is the new one.
    async fn try_out(&mut self, query: Query, lines: Vec<Line>) -> Result<bool, StoreError> {
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        let plans = self.smallest.what != "the search";
        let loaded = self.subject.load(&lines).await?;
        let Verdict::Differs(found) = loaded.compare(&query.to_string(), plans).await? else { return Ok(false) };
        (self.query, self.lines, self.smallest) = (query, lines, *found);
        Ok(true)
    }

    async fn parts(&mut self) -> Result<(), StoreError> {
        'smaller: loop {
            for query in self.query.smaller() {
                if self.try_out(query, self.lines.clone()).await? {
                    continue 'smaller;
                }
            }
            return Ok(());
        }
    }

    /// Leaves out runs of lines, long ones first.
    async fn resources(&mut self) -> Result<(), StoreError> {
        let mut run = self.lines.len().div_ceil(2);
        while run > 0 {
            let mut start = 0;
            while start < self.lines.len() {
                let kept = self.lines.iter().enumerate().filter(|(n, _)| !(start..start + run).contains(n));
                let lines = kept.map(|(_, line)| line.clone()).collect();
                if !self.try_out(self.query.clone(), lines).await? {
                    start += run;
                }
            }
            run /= 2;
        }
        Ok(())
    }

    /// Leaves out members of resources.
    async fn members(&mut self) -> Result<(), StoreError> {
        for place in 0..self.lines.len() {
            let Some(line) = self.lines.get(place).and_then(Line::as_object) else { continue };
            let names: Vec<String> = line.keys().filter(|name| !KEPT.contains(&name.as_str())).cloned().collect();
            for name in names {
                let mut lines = self.lines.clone();
                if let Some(members) = lines.get_mut(place).and_then(Line::as_object_mut) {
                    members.shift_remove(&name);
                }
                self.try_out(self.query.clone(), lines).await?;
            }
        }
        Ok(())
    }
}

//! Work spread over the cores of the machine, results in the order of the input.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread::{available_parallelism, scope};

/// Items that one core takes at a time: small enough to balance, large enough that the queue costs nothing.
const PIECE: usize = 32;

/// `items` mapped by `f`, on all cores when there is work for more than one.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = available_parallelism().map_or(1, NonZeroUsize::get).min(items.len().div_ceil(PIECE));
    if threads < 2 {
        return items.into_iter().map(f).collect();
    }
    let queue = Mutex::new(pieces(items).into_iter().enumerate());
    let take = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut done = Vec::new();
        while let Some((position, piece)) = take() {
            done.push((position, piece.into_iter().map(&f).collect::<Vec<R>>()));
        }
        done
    };
    let mut done = scope(|scope| {
        // This thread works too, with the memory that it has from the last time.
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let own = work();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        others.into_iter().flat_map(join).chain(own).collect::<Vec<(usize, Vec<R>)>>()
    });
    done.sort_unstable_by_key(|&(position, _)| position);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

fn pieces<T>(items: Vec<T>) -> Vec<Vec<T>> {
    let mut items = items.into_iter();
    let mut pieces = Vec::new();
    loop {
        let piece: Vec<T> = items.by_ref().take(PIECE).collect();
        if piece.is_empty() {
            return pieces;
        }
        pieces.push(piece);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_order_stays() {
        for n in [0, 1, 31, 32, 33, 1_000] {
            let squares: Vec<u64> = (0..n).map(|x| x * x).collect();
            assert_eq!(super::map((0..n).collect(), |x: u64| x * x), squares);
        }
    }
}

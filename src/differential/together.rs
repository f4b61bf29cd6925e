//! Comparisons side by side: while one waits for a server, another goes on.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// A comparison that runs.
pub(super) type Running<'r, T> = Pin<Box<dyn Future<Output = T> + 'r>>;

/// Runs all to their ends, and tells what came of each, in their order.
pub(super) async fn together<T>(running: Vec<Running<'_, T>>) -> Vec<T> {
    let mut all: Vec<(Running<'_, T>, Option<T>)> = running.into_iter().map(|one| (one, None)).collect();
    poll_fn(|context| {
        for (one, ended) in all.iter_mut().filter(|(_, ended)| ended.is_none()) {
            if let Poll::Ready(told) = one.as_mut().poll(context) {
                *ended = Some(told);
            }
        }
        if all.iter().all(|(_, ended)| ended.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    all.into_iter().filter_map(|(_, ended)| ended).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn each_waits_for_the_other() {
        let ((to_first, first), (to_second, second)) = (oneshot::channel(), oneshot::channel());
        let one = async {
            to_second.send(1).unwrap();
            first.await.unwrap()
        };
        let other = async {
            to_first.send(2).unwrap();
            second.await.unwrap()
        };
        assert_eq!(together(vec![Box::pin(one) as Running<'_, i32>, Box::pin(other)]).await, [2, 1]);
    }
}

//! Answers on their way from the syncer's thread to the calls that wait for them.
//!
//! The syncer's thread lays them down and rings once; a task of the server hands them out. So a sync wakes one thread
//! however many calls it answers, and is not held up by them.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

type Delivery = Box<dyn FnOnce() + Send>;

/// Where answers lie until they are handed out.
#[derive(Clone, Default)]
pub struct Postbox(Arc<Inside>);

#[derive(Default)]
struct Inside {
    laid_down: Mutex<Vec<Delivery>>,
    bell: Notify,
}

impl std::fmt::Debug for Postbox {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Postbox").finish_non_exhaustive()
    }
}

impl Postbox {
    /// An end to wait at, and what lays its answer down.
    pub fn address<T: Send + 'static>(
        &self,
    ) -> (impl FnOnce(T) + Send + 'static, oneshot::Receiver<T>) {
        let (sender, receiver) = oneshot::channel();
        let postbox = self.clone();
        let lay_down = move |answer: T| {
            // A client that has gone hears nothing; its key still has the answer.
            let delivery = Box::new(move || drop(sender.send(answer)));
            let mut laid_down = postbox.0.laid_down.lock();
            laid_down.push(delivery);
            let is_first = laid_down.len() == 1;
            drop(laid_down);
            if is_first {
                postbox.0.bell.notify_one();
            }
        };
        (lay_down, receiver)
    }

    /// Hands out what is laid down, for as long as the server lives.
    pub async fn hand_out(self) {
        loop {
            self.0.bell.notified().await;
            let laid_down = std::mem::take(&mut *self.0.laid_down.lock());
            laid_down.into_iter().for_each(|delivery| delivery());
        }
    }
}

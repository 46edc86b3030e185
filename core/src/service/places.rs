//! Places that there are only so many of: who has one is counted, and who found none.

use std::sync::Arc;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Clones share their places.
#[derive(Clone, Debug)]
pub struct Places {
    free: Arc<Semaphore>,
    /// How many there are.
    pub most: Gauge,
    pub taken: Gauge,
    pub refused: Counter,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub struct Place {
    taken: Gauge,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    pub fn new(most: usize) -> Places {
        let places = Places {
            free: Arc::new(Semaphore::new(most)),
            most: Gauge::default(),
            taken: Gauge::default(),
            refused: Counter::default(),
        };
        places.most.set(i64::try_from(most).unwrap_or(i64::MAX));
        places
    }

    pub fn take(&self) -> Option<Place> {
        let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() else {
            self.refused.inc();
            return None;
        };
        self.taken.inc();
        Some(Place {
            taken: self.taken.clone(),
            _permit: permit,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.taken.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_while_they_are_taken_and_whoever_finds_none_too() {
        let places = Places::new(2);
        let first = places.take().unwrap();
        let second = places.take().unwrap();
        assert!(places.take().is_none());
        let counted = || (places.most.get(), places.taken.get(), places.refused.get());
        assert_eq!(counted(), (2, 2, 1));
        drop(first);
        let third = places.take().unwrap();
        drop((second, third));
        assert_eq!(counted(), (2, 0, 1));
    }
}

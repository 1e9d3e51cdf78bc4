//! A parallel loop whose results come out in input order.
//!
//! Each thread takes the next item from the source (one at a time, under a lock), works on it, and puts the result
//! into a slot; whoever finds the next result in order ready hands it, and all that follow, to the sink. There is no
//! thread for reading or writing, so `threads = 1` is a plain loop, and at most `threads + SPARE` items exist at once:
//! a slow sink holds back the source. An error counts at its place in the order: all results before it have reached
//! the sink and none after it, for any number of threads.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::base::{Error, ErrorKind, Result};

/// Results that may wait for their turn beside those being worked on.
const SPARE: u64 = 2;

/// Runs `source -> work -> sink` on `threads` threads. `state` makes each thread's own scratch space.
///
/// # Errors
/// The first error in input order, of any of the three. A panic in any of them is [`ErrorKind::Panic`].
pub(super) fn ordered<Item, Done, State>(
    threads: usize,
    source: impl FnMut() -> Result<Option<Item>> + Send,
    state: impl Fn() -> State + Sync,
    work: impl Fn(&mut State, Item) -> Result<Done> + Sync,
    sink: impl FnMut(Done) -> Result<()> + Send,
) -> Result<()>
where
    Item: Send,
    Done: Send,
{
    let lane = Lane::new(source, sink);
    std::thread::scope(|scope| {
        for _ in 1..threads.max(1) {
            scope.spawn(|| lane.run(&mut state(), &work));
        }
        lane.run(&mut state(), &work);
    });
    lane.result()
}

/// One source and one sink, and the threads that work between them: as many as call [`Lane::run`].
pub(super) struct Lane<Pull, Push, Done> {
    source: Mutex<Source<Pull>>,
    order: Mutex<Order<Done>>,
    turn: Condvar,
    sink: Mutex<Push>,
}

struct Source<Pull> {
    next: u64,
    ended: bool,
    pull: Pull,
}

struct Order<Done> {
    /// Threads at work.
    workers: u64,
    /// Items taken from the source, or about to be.
    taken: u64,
    /// The item whose result the sink gets next.
    next: u64,
    ready: BTreeMap<u64, Result<Done>>,
    draining: bool,
    failed: Option<Error>,
}

impl<Item, Done, Pull, Push> Lane<Pull, Push, Done>
where
    Pull: FnMut() -> Result<Option<Item>>,
    Push: FnMut(Done) -> Result<()>,
{
    pub(super) fn new(source: Pull, sink: Push) -> Self {
        let order =
            Order { workers: 0, taken: 0, next: 0, ready: BTreeMap::new(), draining: false, failed: None };
        Self {
            source: Mutex::new(Source { next: 0, ended: false, pull: source }),
            order: Mutex::new(order),
            turn: Condvar::new(),
            sink: Mutex::new(sink),
        }
    }

    /// Works until the source has ended or the run has failed. Other threads may come and go at any time.
    pub(super) fn run<State>(&self, state: &mut State, work: &impl Fn(&mut State, Item) -> Result<Done>) {
        lock(&self.order).workers += 1;
        while self.wait_for_room() {
            let Some((number, item)) = self.take() else {
                lock(&self.order).taken -= 1;
                break;
            };
            let result = item.and_then(|item| guarded("a worker", || work(state, item)));
            self.deliver(number, result);
        }
        // The room is for fewer now, and there may be more of it.
        lock(&self.order).workers -= 1;
        self.turn.notify_all();
    }

    /// The first error in input order, once all threads have come back.
    pub(super) fn result(&self) -> Result<()> {
        lock(&self.order).failed.take().map_or(Ok(()), Err)
    }

    /// Waits until one more item may be in flight; false once the run has failed.
    fn wait_for_room(&self) -> bool {
        let mut order = lock(&self.order);
        while order.failed.is_none() && order.taken - order.next >= order.workers + SPARE {
            order = self.turn.wait(order).unwrap_or_else(PoisonError::into_inner);
        }
        order.taken += u64::from(order.failed.is_none());
        order.failed.is_none()
    }

    fn take(&self) -> Option<(u64, Result<Item>)> {
        let mut source = lock(&self.source);
        if source.ended {
            return None;
        }
        let item = guarded("the reader", || (source.pull)()).transpose();
        source.ended = !matches!(item, Some(Ok(_)));
        let number = source.next;
        source.next += 1;
        item.map(|item| (number, item))
    }

    fn deliver(&self, number: u64, result: Result<Done>) {
        let mut order = lock(&self.order);
        order.ready.insert(number, result);
        if order.draining {
            return;
        }
        order.draining = true;
        while order.failed.is_none() {
            let next = order.next;
            let Some(result) = order.ready.remove(&next) else { break };
            drop(order);
            let outcome = result.and_then(|done| guarded("the writer", || lock(&self.sink)(done)));
            order = lock(&self.order);
            match outcome {
                Ok(()) => order.next += 1,
                Err(error) => order.failed = Some(error),
            }
            self.turn.notify_all();
        }
        order.draining = false;
    }
}

/// Runs `act`; a panic becomes an error.
pub(super) fn guarded<T>(place: &'static str, act: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| Err(Error::new(ErrorKind::Panic(place))))
}

/// A lock that a panic cannot poison: panics are caught inside, and end the run.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(threads: usize, fail_at: Option<u64>) -> (Vec<u64>, Result<()>) {
        let mut numbers = 0..500u64;
        let mut seen = Vec::new();
        let result = ordered(
            threads,
            || Ok(numbers.next()),
            || (),
            |(), number| {
                if number % 7 == 0 {
                    std::thread::yield_now();
                }
                if Some(number) == fail_at { Err(Error::new(ErrorKind::Cancelled)) } else { Ok(number * 2) }
            },
            |done| {
                seen.push(done);
                Ok(())
            },
        );
        (seen, result)
    }

    #[test]
    fn results_keep_the_order_of_the_input_for_any_number_of_threads() {
        for threads in [1, 2, 3, 8] {
            let (seen, result) = run(threads, None);
            assert!(result.is_ok());
            assert_eq!(seen, (0..500).map(|n| n * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_lets_all_before_it_through_and_nothing_after_it() {
        for threads in [1, 2, 8] {
            let (seen, result) = run(threads, Some(123));
            assert!(matches!(result.unwrap_err().kind(), ErrorKind::Cancelled));
            assert_eq!(seen, (0..123).map(|n| n * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_panic_anywhere_becomes_an_error() {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        for place in ["the reader", "a worker", "the writer"] {
            let mut numbers = 0..50u64;
            let result = ordered(
                3,
                || {
                    assert!(place != "the reader" || numbers.start < 20);
                    Ok(numbers.next())
                },
                || (),
                |(), number| {
                    assert!(place != "a worker" || number != 20);
                    Ok(number)
                },
                |number| {
                    assert!(place != "the writer" || number != 20);
                    Ok(())
                },
            );
            assert!(matches!(result.unwrap_err().kind(), ErrorKind::Panic(at) if *at == place));
        }
        std::panic::set_hook(hook);
    }

    #[test]
    fn threads_may_come_and_go() {
        for round in 0..20 {
            let mut numbers = 0..300u64;
            let seen = Mutex::new(Vec::new());
            let lane = Lane::new(
                || Ok(numbers.next()),
                |number| {
                    lock(&seen).push(number);
                    Ok(())
                },
            );
            std::thread::scope(|scope| {
                for late in 0..12 {
                    let lane = &lane;
                    scope.spawn(move || {
                        std::thread::sleep(std::time::Duration::from_micros(late * round * 10));
                        lane.run(&mut (), &|(), number: u64| {
                            std::thread::yield_now();
                            Ok(number)
                        });
                    });
                }
            });
            assert!(lane.result().is_ok());
            assert_eq!(*lock(&seen), (0..300).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_slow_sink_holds_back_the_source() {
        let pulled = std::sync::atomic::AtomicU64::new(0);
        let mut numbers = 0..100u64;
        let mut sunk = 0;
        ordered(
            4,
            || {
                pulled.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                Ok(numbers.next())
            },
            || (),
            |(), number| Ok(number),
            |_| {
                assert!(pulled.load(std::sync::atomic::Ordering::SeqCst) <= sunk + 4 + SPARE + 1);
                sunk += 1;
                std::thread::yield_now();
                Ok(())
            },
        )
        .unwrap();
    }
}

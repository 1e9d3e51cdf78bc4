//! A progress bar on standard error, when that is a terminal.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::input::Meter;

/// A bar that follows a meter until it is dropped.
pub(super) struct Progress {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Shows `meter`, unless nobody would see it.
    pub(super) fn start(meter: &Meter, quiet: bool) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        if quiet || !stderr().is_terminal() {
            return Self { ended, thread: None };
        }
        let (meter, done) = (meter.clone(), Arc::clone(&ended));
        let thread = std::thread::spawn(move || {
            let bar = match meter.size {
                Some(size) => ProgressBar::new(size),
                None => ProgressBar::no_length(),
            };
            let template = match meter.size {
                Some(_) => "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} ETA {eta}",
                None => "{spinner} {bytes} {bytes_per_sec} {elapsed}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            while !done.load(Ordering::Relaxed) {
                bar.set_position(meter.read.load(Ordering::Relaxed));
                std::thread::park_timeout(Duration::from_millis(100));
            }
            bar.finish_and_clear();
        });
        Self { ended, thread: Some(thread) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

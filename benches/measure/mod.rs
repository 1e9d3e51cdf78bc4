//! Runs a child process and measures it: wall time, CPU time, peak resident memory.
//!
//! CPU time comes from `getrusage(RUSAGE_CHILDREN)`, so it is exact and includes all threads. Peak memory is polled
//! from `/proc` while the child runs; elsewhere it is unknown.

use std::fs::{self, File};
use std::io;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// One run, or the medians of several.
#[derive(Clone, Copy, Default)]
pub(crate) struct Measure {
    /// Seconds from start to end.
    pub(crate) wall: f64,
    /// Seconds of user and system time.
    pub(crate) cpu: f64,
    /// Most resident memory in MiB; 0 if unknown.
    pub(crate) memory: f64,
}

/// Runs `command` with `input` as its standard input. Its standard output goes nowhere.
///
/// # Errors
/// A command that cannot be started or does not end with success; its standard error is in the message.
pub(crate) fn run(command: &mut Command, input: &str) -> io::Result<Measure> {
    command.stdin(File::open(input)?).stdout(Stdio::null()).stderr(Stdio::piped());
    let cpu_before = children_cpu()?;
    let start = Instant::now();
    let mut child = command.spawn()?;
    let pid = child.id();
    let errors = child.stderr.take().map(|mut pipe| {
        thread::spawn(move || {
            let mut text = String::new();
            io::Read::read_to_string(&mut pipe, &mut text).map(|_| text)
        })
    });
    let poll = thread::spawn(move || poll_memory(pid));
    let status = child.wait()?;
    let wall = start.elapsed().as_secs_f64();
    let cpu = children_cpu()? - cpu_before;
    let memory = poll.join().unwrap_or_default() as f64 / 1024.0;
    if !status.success() {
        let text = errors.and_then(|thread| thread.join().ok()).and_then(Result::ok).unwrap_or_default();
        return Err(io::Error::other(format!(
            "{}: {status}\n{text}",
            command.get_program().to_string_lossy()
        )));
    }
    Ok(Measure { wall, cpu, memory })
}

/// The median of each figure.
pub(crate) fn median(runs: &[Measure]) -> Measure {
    let middle = |figure: fn(&Measure) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(figure).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Measure { wall: middle(|run| run.wall), cpu: middle(|run| run.cpu), memory: middle(|run| run.memory) }
}

#[cfg(unix)]
fn children_cpu() -> io::Result<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok((usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6)
}

#[cfg(not(unix))]
fn children_cpu() -> io::Result<f64> {
    Ok(0.0)
}

/// The high-water mark of a process in KiB, read until the process is gone.
fn poll_memory(pid: u32) -> u64 {
    let mut most = 0;
    while let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) {
        let Some(line) = status.lines().find_map(|line| line.strip_prefix("VmHWM:")) else { break };
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap_or_default();
        most = most.max(kib);
        thread::sleep(Duration::from_millis(3));
    }
    most
}

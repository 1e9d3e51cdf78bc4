//! The `scrub` command; everything it does is in [`scrub::cli`].

fn main() -> std::process::ExitCode {
    scrub::cli::main()
}

//! Prints how many real-time streams one core animates: `cargo run --release --example speed`.

use std::time::{Duration, Instant};

use visavis_animate::{Animator, Job, Options, push_all};

/// One hop of the engine.
const HOP_MS: f64 = 10.0;
const SECONDS: u32 = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for (rate, streams, chunk_ms) in [
        (16_000, 1, 10),
        (24_000, 1, 10),
        (48_000, 1, 10),
        (24_000, 1, 40),
        (24_000, 1, 100),
        (24_000, 24, 10),
        (16_000, 24, 40),
        (24_000, 24, 40),
        (48_000, 24, 40),
    ] {
        measure(rate, streams, chunk_ms)?;
    }
    Ok(())
}

/// Runs `streams` at once in chunks of `chunk_ms`.
fn measure(rate: u32, streams: usize, chunk_ms: usize) -> Result<(), Box<dyn std::error::Error>> {
    let samples = babble(rate, SECONDS);
    let animators = (0..streams).map(|_| Animator::new(rate, &Options::default()));
    let mut animators = animators.collect::<Result<Vec<_>, _>>()?;
    let mut frames = vec![Vec::with_capacity(1024); streams];
    let mut chunks = Vec::with_capacity(100_000);
    let mut busy = Busy::start();
    for round in 0..=(80 / streams).max(1) {
        // The first round warms up caches and tables.
        if round == 1 {
            busy = Busy::start();
        }
        frames.iter_mut().for_each(Vec::clear);
        for (n, chunk) in samples.chunks(rate as usize * chunk_ms / 1000).enumerate() {
            let last = (n + 1) * chunk_ms == SECONDS as usize * 1000;
            let jobs = animators.iter_mut().zip(&mut frames);
            let mut jobs: Vec<_> = jobs
                .map(|(animator, frames)| Job {
                    animator,
                    samples: chunk,
                    last,
                    frames,
                })
                .collect();
            let start = Instant::now();
            push_all(&mut jobs);
            if round > 0 {
                chunks.push(start.elapsed());
            }
        }
    }
    let busy = busy.elapsed();
    chunks.sort_unstable();
    let hops = chunks.len() as f64 * streams as f64 * chunk_ms as f64 / HOP_MS;
    let micros = busy.as_secs_f64() * 1e6 / hops;
    println!(
        "{rate} Hz, {streams} at once, {chunk_ms} ms: {:.0} streams per core; per 10 ms {micros:.2} us; per call p50 {:.1} us, \
         p99 {:.1} us; state {} bytes; first frame after {} samples ({:.2} ms)",
        HOP_MS * 1e3 / micros,
        chunks[chunks.len() / 2].as_secs_f64() * 1e6,
        chunks[chunks.len() * 99 / 100].as_secs_f64() * 1e6,
        animators[0].state_bytes(),
        animators[0].first_frame_samples(),
        animators[0].first_frame_samples() as f64 * 1e3 / f64::from(rate),
    );
    Ok(())
}

/// Time this process was on a processor, where the system tells (Linux), else time on the wall.
enum Busy {
    Processor(Duration),
    Wall(Instant),
}

impl Busy {
    fn start() -> Self {
        on_processor().map_or_else(|| Self::Wall(Instant::now()), Self::Processor)
    }

    fn elapsed(&self) -> Duration {
        match self {
            Self::Processor(start) => on_processor().unwrap_or_default().saturating_sub(*start),
            Self::Wall(start) => start.elapsed(),
        }
    }
}

fn on_processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// Something with the bursts, buzzes and gaps of speech.
fn babble(rate: u32, seconds: u32) -> Vec<i16> {
    let mut noise = 1u32;
    let mut phase = 0.0f32;
    (0..rate * seconds)
        .map(|n| {
            let time = n as f32 / rate as f32;
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hiss = (noise >> 16) as f32 / 32_768.0 - 1.0;
            phase = (phase + (110.0 + 20.0 * (time * 3.0).sin()) / rate as f32).fract();
            let syllable = (time * 4.0).fract();
            let (buzz, breath) = if syllable < 0.6 {
                (phase - 0.5, 0.01)
            } else if syllable < 0.8 {
                (0.0, 0.2)
            } else {
                (0.0, 0.0)
            };
            ((buzz + breath * hiss) * 16_000.0) as i16
        })
        .collect()
}

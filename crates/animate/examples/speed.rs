//! Prints how many real-time streams one core animates: `cargo run --release --example speed`.

use std::time::{Duration, Instant};

use visavis_animate::{Animator, Options};

/// One hop of the engine.
const HOP_MS: usize = 10;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for rate in [16_000u32, 24_000, 48_000] {
        let samples = babble(rate, 20);
        let mut animator = Animator::new(rate, &Options::default())?;
        let mut frames = Vec::with_capacity(1024);
        let mut hops = Vec::with_capacity(100_000);
        let mut busy = Busy::start();
        for round in 0..8 {
            frames.clear();
            if round == 1 {
                busy = Busy::start();
            }
            for chunk in samples.chunks(rate as usize * HOP_MS / 1000) {
                let start = Instant::now();
                animator.push(chunk, &mut frames);
                // The first round warms up caches and tables.
                if round > 0 {
                    hops.push(start.elapsed());
                }
            }
            animator.finish(&mut frames);
        }
        hops.sort_unstable();
        // The finishing silence of each round is less than one hop in four hundred.
        let mean = busy.elapsed() / hops.len() as u32;
        println!(
            "{rate} Hz: {:.0} streams per core; per 10 ms mean {:.2} us, p50 {:.2} us, p99 {:.2} us; state {} bytes; \
             first frame after {} samples ({:.2} ms)",
            HOP_MS as f64 * 1e-3 / mean.as_secs_f64(),
            mean.as_secs_f64() * 1e6,
            hops[hops.len() / 2].as_secs_f64() * 1e6,
            hops[hops.len() * 99 / 100].as_secs_f64() * 1e6,
            animator.state_bytes(),
            animator.first_frame_samples(),
            animator.first_frame_samples() as f64 * 1e3 / f64::from(rate),
        );
    }
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

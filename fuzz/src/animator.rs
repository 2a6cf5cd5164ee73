use visavis_animate::{Animator, Fps, Job, Options, push_all};

use crate::slices;

/// A third of a second at 48 kHz.
const SAMPLES_MAX: usize = 16_000;

/// Animates the bytes as samples: however they are cut, the same frames come out, as many as there should be.
pub fn animator(bytes: &[u8]) {
    let Some(([rate, fps, seed], rest)) = bytes.split_first_chunk() else {
        return;
    };
    let rates = [8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
    let rate = rates[usize::from(*rate) % rates.len()];
    let options = Options {
        fps: Fps::try_from([25, 30, 50, 60][usize::from(*fps) % 4]).expect("a known rate"),
        ..Options::default()
    };
    // A few bytes go a long way: they are repeated, louder and softer.
    let samples: Vec<i16> = rest
        .as_chunks::<2>()
        .0
        .iter()
        .cycle()
        .take((rest.len() / 2 * 40).min(SAMPLES_MAX))
        .enumerate()
        .map(|(n, pair)| i16::from_le_bytes(*pair) >> (n / 512 % 8))
        .collect();

    let mut whole = vec![];
    let mut animator = Animator::new(rate, &options).expect("a known rate");
    animator.push(&samples, &mut whole);
    animator.finish(&mut whole);

    let mut sliced = vec![];
    animator.reset();
    for piece in slices(&samples, *seed) {
        animator.push(piece, &mut sliced);
    }
    animator.finish(&mut sliced);
    assert_eq!(whole, sliced);

    // Two at once, each in slices of its own.
    let mut together = [vec![], vec![]];
    let mut company = animator.clone();
    animator.reset();
    company.reset();
    let mut rest = slices(&samples, seed.wrapping_add(1));
    for piece in slices(&samples, *seed) {
        let [frames, others] = &mut together;
        push_all(&mut [
            Job {
                animator: &mut company,
                samples: rest.next().unwrap_or(&[]),
                last: false,
                frames: others,
            },
            Job {
                animator: &mut animator,
                samples: piece,
                last: false,
                frames,
            },
        ]);
    }
    rest.for_each(|piece| company.push(piece, &mut together[1]));
    animator.finish(&mut together[0]);
    company.finish(&mut together[1]);
    assert_eq!([&whole, &whole], [&together[0], &together[1]]);

    let count = (samples.len() as u64 * u64::from(options.fps.hertz())).div_ceil(u64::from(rate));
    assert_eq!(whole.len() as u64, count);
    for frame in &whole {
        assert!(
            frame
                .blendshapes
                .iter()
                .all(|weight| (0.0..=1.0).contains(weight)),
            "{frame:?}"
        );
    }
}

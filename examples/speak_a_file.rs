//! Speaks a WAV file through an avatar and prints how the mouth moves.
//!
//! ```text
//! visavis dev                                    # in another terminal
//! cargo run -p visavis-client --example speak_a_file -- hello.wav
//! ```
//!
//! The settings come from `VISAVIS_SERVER`, `VISAVIS_API_KEY`, `VISAVIS_APP_ID` and `VISAVIS_AVATAR_ID`;
//! without them they are those of `visavis dev`.

use std::error::Error;

use visavis_client::avatar::{ClientBuilder, Event};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("name a WAV file: 16 bits, one channel")?;
    let (sample_rate, samples) = read(&path)?;

    let client = ClientBuilder::from_env().or_dev().build()?;
    let (session, mut events) = client.session().pcm(sample_rate).open().await?;
    eprintln!("connection {}", session.connection_id());

    // The speech may go out faster than it is spoken; the server keeps up.
    session.send_audio(&samples).await?;
    session.end().await?;

    while let Some(event) = events.next().await {
        match event {
            Event::Animation(animation) => {
                for frame in &animation.frames {
                    let open = frame.blendshape("jawOpen").unwrap_or(0.0);
                    let bar = "#".repeat((open * 60.0) as usize);
                    println!("{:6.2} s  {open:.2}  {bar}", frame.time.as_secs_f32());
                }
                if animation.end {
                    break;
                }
            }
            Event::Error(error) => return Err(error.into()),
            _ => {}
        }
    }
    session.close().await?;
    Ok(())
}

fn read(path: &str) -> Result<(u32, Vec<i16>), Box<dyn Error>> {
    let mut wav = hound::WavReader::open(path)?;
    if wav.spec().channels != 1 || wav.spec().bits_per_sample != 16 {
        return Err("the WAV file must have one channel of 16 bits".into());
    }
    let samples = wav.samples().collect::<Result<_, _>>()?;
    Ok((wav.spec().sample_rate, samples))
}

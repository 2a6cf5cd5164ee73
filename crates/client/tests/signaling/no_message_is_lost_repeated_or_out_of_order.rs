use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use visavis_client::signaling::core::{Request, Settings};
use visavis_client::signaling::{ChannelSendOptions, Event, LoginOptions, SendOptions, Status};
use visavis_signal::{Delivery, Limits};

use crate::store::APP;
use crate::world::{Told, World};

/// Messages of all worlds together.
const MESSAGES: u64 = 1_000_000;

const CLIENTS: usize = 16;
const CHANNEL: &str = "lobby";

/// One message in so many goes into the channel.
const INTO_CHANNEL: u64 = 64;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn limits(delivery: Delivery) -> Limits {
    Limits {
        delivery,
        queue_messages_max: u32::MAX,
        user_messages_per_s: u32::MAX,
        channel_messages_per_s: u32::MAX,
        user_calls_per_s: u32::MAX,
        connection_frames_per_s: u32::MAX,
        ..Limits::default()
    }
}

/// What is known of the messages of one sender to one receiver, or into the channel.
#[derive(Default)]
struct Stream {
    sent: u64,
    /// The last that the receiver had.
    had: u64,
    /// Passed over so far.
    missing: BTreeSet<u64>,
}

#[derive(Default)]
struct Story {
    /// From, to.
    peers: HashMap<(usize, usize), Stream>,
    /// The last message of each sender that a receiver had in the channel, and whether it was there since.
    channel: HashMap<(usize, usize), (u64, bool)>,
    into_channel: [u64; CLIENTS],
    acknowledged: u64,
    /// Not acknowledged in time: they may have arrived.
    failed: BTreeSet<String>,
    received: u64,
    heard: u64,
    resent: BTreeSet<String>,
    rejoined: u64,
    reconnected: u64,
}

impl Story {
    fn told(&mut self, me: usize, event: Event, seed: u64) {
        match event {
            Event::MessageSendSuccess { .. } => self.acknowledged += 1,
            Event::MessageSendError { message_id, error } => {
                assert_eq!(error.number(), 401, "seed {seed}: {error}");
                self.failed.insert(message_id);
            }
            Event::MessageInstantReceive { account, msg, .. } => {
                let (from, number) = (index(&account), number(&msg));
                let stream = self.peers.entry((from, me)).or_default();
                assert!(
                    number > stream.had,
                    "seed {seed}: {number} from {from} came to {me} after {}",
                    stream.had
                );
                stream.missing.extend(stream.had + 1..number);
                stream.had = number;
                self.received += 1;
            }
            Event::MessageChannelReceive { account, msg, .. } => {
                let (from, number) = (index(&account), number(&msg));
                let (had, there) = self.channel.entry((from, me)).or_insert((0, false));
                assert!(
                    number > *had,
                    "seed {seed}: {number} from {from} was heard by {me} after {had}"
                );
                for passed in *had + 1..number {
                    let id = channel_id(from, passed);
                    assert!(
                        !*there || self.failed.contains(&id),
                        "seed {seed}: {me} was there and missed {id}"
                    );
                }
                (*had, *there) = (number, true);
                self.heard += 1;
            }
            Event::ChannelLeaved { .. } => {
                for from in 0..CLIENTS {
                    self.channel.entry((from, me)).or_insert((0, false)).1 = false;
                }
            }
            Event::Resent { message_id } => {
                self.resent.insert(message_id);
            }
            Event::Rejoined { .. } => self.rejoined += 1,
            Event::Reconnected { .. } => self.reconnected += 1,
            Event::LoginFailed { error }
            | Event::Logout { error }
            | Event::ChannelJoinFailed { error, .. }
            | Event::Error { error } => panic!("seed {seed}: {error}"),
            _ => {}
        }
    }
}

fn index(account: &str) -> usize {
    account[1..].parse().unwrap()
}

fn number(msg: &str) -> u64 {
    msg.split(' ').next().unwrap().parse().unwrap()
}

fn peer_id(from: usize, to: usize, number: u64) -> String {
    format!("{from}-{to}-{number}")
}

fn channel_id(from: usize, number: u64) -> String {
    format!("{from}-all-{number}")
}

/// Lives until so many messages were sent and everything has calmed down.
fn live(seed: u64, messages: u64, delivery: Delivery) -> Story {
    let mut world = World::new(seed, limits(delivery));
    let mut story = Story::default();
    for client in 0..CLIENTS {
        let mut settings = Settings::new(APP);
        settings.seed = seed * 100 + client as u64;
        settings.calls_max = 100_000;
        settings.backlog_per_s = 10_000;
        let client = world.client(settings);
        let login = LoginOptions::new(format!("c{client}"), "_no_need_token");
        world.call(client, Request::Login(login));
    }
    world.run(ms(1000));
    for client in 0..CLIENTS {
        let channel = CHANNEL.to_owned();
        world.call(client, Request::ChannelJoin { channel });
    }
    world.run(ms(1000));

    let (mut sent, mut trouble_at, mut restart_at) = (0, world.now, world.now + ms(20_000));
    while sent < messages {
        for _ in 0..16 {
            send(&mut world, &mut story);
            sent += 1;
        }
        world.run(ms(10));
        if world.now >= trouble_at {
            trouble(&mut world);
            trouble_at = world.now + ms(500);
        }
        if world.now >= restart_at {
            world.restart();
            let wait = world.random(60_000);
            restart_at = world.now + ms(wait);
        }
        listen(&mut world, &mut story, seed);
    }
    // As long as the longest darkness, the longest wait, a poll, and an account that nobody noticed was gone.
    for _ in 0..40 {
        world.run(ms(5000));
        listen(&mut world, &mut story, seed);
    }
    for client in 0..CLIENTS {
        assert_eq!(world.core(client).status(), Status::LoggedIn, "seed {seed}");
    }
    story
}

fn send(world: &mut World, story: &mut Story) {
    let from = world.random(CLIENTS as u64) as usize;
    if world.random(INTO_CHANNEL) == 0 {
        story.into_channel[from] += 1;
        let number = story.into_channel[from];
        let request = Request::MessageChannelSend {
            channel: CHANNEL.to_owned(),
            msg: format!("{number} to all"),
            message_id: channel_id(from, number),
            options: ChannelSendOptions::default(),
        };
        world.call(from, request);
        return;
    }
    let to = world.random(CLIENTS as u64) as usize;
    let stream = story.peers.entry((from, to)).or_default();
    stream.sent += 1;
    let number = stream.sent;
    let request = Request::MessageInstantSend {
        account: format!("c{to}"),
        msg: format!("{number} hello"),
        message_id: peer_id(from, to, number),
        options: SendOptions::default(),
    };
    world.call(from, request);
}

/// Something happens to the connection of one client.
fn trouble(world: &mut World) {
    let client = world.random(CLIENTS as u64) as usize;
    let (seen, noticed) = (ms(world.random(3000)), ms(world.random(40_000)));
    match world.random(4) {
        // Both notice, sooner or later.
        0 => world.cut(client, seen, Some(noticed)),
        // The server never does.
        1 => world.cut(client, seen, None),
        // Nobody is told; the client's pings find out.
        2 => world.silence(client),
        _ => {
            let dark = ms(world.random(30_000));
            world.darken(client, dark);
            world.cut(client, seen, Some(noticed));
        }
    }
}

fn listen(world: &mut World, story: &mut Story, seed: u64) {
    for (client, told) in std::mem::take(&mut world.log) {
        if let Told::Event(event) = told {
            story.told(client, event, seed);
        }
    }
}

#[track_caller]
fn holds(seed: u64, messages: u64, story: &Story) {
    let failed = story.failed.len() as u64;
    assert_eq!(
        story.acknowledged + failed,
        messages,
        "seed {seed}: each send ends once"
    );
    for ((from, to), stream) in &story.peers {
        let tail = stream.had + 1..=stream.sent;
        for number in stream.missing.iter().copied().chain(tail) {
            let id = peer_id(*from, *to, number);
            assert!(story.failed.contains(&id), "seed {seed}: {id} is lost");
        }
    }
    assert!(
        !story.resent.is_empty() && story.rejoined > 0 && story.reconnected > 0,
        "seed {seed}: nothing happened"
    );
}

fn worlds(seeds: std::ops::Range<u64>, messages: u64, delivery: Delivery) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let stories: Vec<Story> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let mine = seeds.clone().filter(move |seed| seed % threads == thread);
                scope.spawn(move || {
                    mine.map(|seed| {
                        let story = live(seed, messages, delivery);
                        holds(seed, messages, &story);
                        story
                    })
                    .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    let sum = |count: fn(&Story) -> u64| stories.iter().map(count).sum::<u64>();
    println!(
        "{} sent, {} received, {} heard in the channel, {} resent, {} reconnects, {} without an answer",
        messages * stories.len() as u64,
        sum(|story| story.received),
        sum(|story| story.heard),
        sum(|story| story.resent.len() as u64),
        sum(|story| story.reconnected),
        sum(|story| story.failed.len() as u64),
    );
}

#[test]
fn over_connections_that_break_and_a_server_that_is_killed() {
    let messages = std::env::var("VISAVIS_WORLD_MESSAGES").ok();
    let messages = messages.map_or(MESSAGES, |messages| messages.parse().unwrap());
    let each = messages.min(100_000);
    worlds(0..messages / each, each, Delivery::ByVersion);
}

#[test]
fn in_the_other_mode_too() {
    worlds(100..104, 10_000, Delivery::ByMessageId);
}

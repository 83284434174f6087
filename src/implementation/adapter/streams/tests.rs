//! What both rooms promise. The threads are looked at on Unix too: they are for systems on which these tests have no programs to run.
#![cfg(unix)]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Heard;

/// Far more than a pipe holds: whoever writes it all before he reads waits for ever.
const MUCH: usize = 1 << 20;
/// Longer than anything takes that goes well.
const LONG: Duration = Duration::from_secs(20);

fn child(script: &str) -> Child {
    Command::new("sh").args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

macro_rules! promises_of {
    ($room:ident) => {
        mod $room {
            use super::super::$room::{Hearing, Streams};
            use super::*;

            fn streams(child: &mut Child, number: u64, hearing: &Hearing) -> Streams {
                Streams::of(child.stdin.take().unwrap(), child.stdout.take().unwrap(), number, hearing).unwrap()
            }

            /// All that the one process says, to its end.
            fn all_of(hearing: &mut Hearing, streams: &mut Streams, number: u64) -> Vec<u8> {
                let mut heard = Vec::new();
                loop {
                    match hearing.hear(&mut [streams], LONG) {
                        Some((who, Heard::Part(part))) if who == number => {
                            heard.extend_from_slice(&part);
                            hearing.reuse(Heard::Part(part));
                        }
                        Some((who, Heard::Over)) if who == number => return heard,
                        other => panic!("{other:?} after {} octets", heard.len()),
                    }
                }
            }

            #[test]
            fn what_a_process_does_not_take_yet_is_written_while_it_is_heard() {
                let mut child = child("exec cat");
                let mut hearing = Hearing::new();
                let mut streams = streams(&mut child, 7, &hearing);
                let sent: Vec<u8> = (0..MUCH).map(|number| (number % 251) as u8).collect();
                sent.chunks(3 << 16).for_each(|part| streams.send(part));
                streams.close();
                assert!(all_of(&mut hearing, &mut streams, 7) == sent);
                assert!(child.wait().unwrap().success());
            }

            #[test]
            fn whoever_says_nothing_is_waited_for_as_long_as_was_said_and_the_others_are_heard() {
                let mut children = ["exec sleep 20", "echo here; exec sleep 20"].map(child);
                let mut hearing = Hearing::new();
                let mut streams: Vec<_> = (0..).zip(&mut children).map(|(number, child)| streams(child, number, &hearing)).collect();
                let mut all: Vec<_> = streams.iter_mut().collect();
                assert_eq!(hearing.hear(&mut all, LONG), Some((1, Heard::Part(b"here\n".to_vec()))));
                let began = Instant::now();
                assert_eq!(hearing.hear(&mut all, Duration::from_millis(100)), None);
                assert!(began.elapsed() >= Duration::from_millis(100));
                for child in &mut children {
                    child.kill().unwrap();
                    child.wait().unwrap();
                }
            }

            #[test]
            fn what_was_said_during_a_pause_is_heard_after_it() {
                let mut child = child("read line; echo one; echo two");
                let mut hearing = Hearing::new();
                let mut streams = streams(&mut child, 3, &hearing);
                streams.pause(Duration::from_millis(50));
                streams.send(b"go\n");
                assert_eq!(all_of(&mut hearing, &mut streams, 3), b"one\ntwo\n");
                child.wait().unwrap();
            }

            #[test]
            fn a_process_that_has_ended_takes_what_is_sent_to_it_along() {
                let mut child = child("echo last");
                let mut hearing = Hearing::new();
                let mut streams = streams(&mut child, 3, &hearing);
                assert_eq!(all_of(&mut hearing, &mut streams, 3), b"last\n");
                child.wait().unwrap();
                streams.send(&[b'a'; MUCH]);
                streams.close();
                streams.wind_up();
                assert_eq!(hearing.hear(&mut [&mut streams], Duration::from_millis(10)), None);
            }

            #[test]
            fn a_process_comes_to_its_end_when_nobody_listens_any_more() {
                // More than a pipe holds, and less than what is on its way to whoever listens.
                let mut child = child("cat > /dev/null; head -c 100000 /dev/zero");
                let hearing = Hearing::new();
                let mut streams = streams(&mut child, 3, &hearing);
                streams.send(&[b'a'; MUCH]);
                streams.close();
                let began = Instant::now();
                while child.try_wait().unwrap().is_none() {
                    assert!(began.elapsed() < LONG);
                    streams.wind_up();
                    std::thread::sleep(Duration::from_millis(1));
                }
                drop(hearing);
            }
        }
    };
}

promises_of!(polled);
promises_of!(threaded);

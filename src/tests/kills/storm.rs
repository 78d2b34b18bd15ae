//! Everything happens at once: pull requests change, deliveries come, processes die, the database restarts.

use super::crew::Crew;
use super::hooks::{Delivery, Hooks};
use super::script::{PULLS, Script};
use super::site::{Ids, Site};
use super::standing::Standing;
use crate::support::dice::Dice;
use crate::support::postgres::Cluster;
use crate::support::series::Series;
use sqlx::AnyPool;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Deliveries that are sent, those among them that are sent a second time.
const DELIVERIES: usize = 500;
/// Deliveries that are on their way at once, about, and so overtake each other.
const HELD: usize = 40;
/// Milliseconds between two deliveries at most.
const APART: usize = 90;
/// Once in so many deliveries somebody is killed.
const KILLS: usize = 14;
/// And once in so many the database.
const RESTARTS: usize = 90;
/// Within which everything is as it should be, after the last of all that.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is needed for it.
pub struct Storm {
    pub kernel: Series,
    pub pulls: Vec<Script>,
    pub ids: Ids,
    /// Where nobody disturbed it.
    pub calm: Site,
    pub wild: Site,
    pub cluster: Option<Arc<Cluster>>,
}

/// What was done to the service.
#[derive(Debug, Default)]
struct Done {
    kills: usize,
    restarts: usize,
    sent: usize,
    /// Check runs and comments that there were by then.
    made: usize,
}

impl Storm {
    /// Lets it happen to processes of these kinds, and sees what comes of it.
    pub fn rage(self, database: &str, kinds: &[&str], cache: &Path) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(Arc::new(self).go(database, kinds, cache));
    }

    async fn go(self: Arc<Self>, database: &str, kinds: &[&str], cache: &Path) {
        let begun = Instant::now();
        self.wild
            .fake
            .serve(crate::pulls::LINUX, &self.kernel.repository.path());
        let mut crew = Crew::start(&self.wild, database, kinds, cache);
        let hooks = Hooks::new(crew.address.clone());
        while crew.address.now().is_none() {
            crew.alive();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let done = self.disturb(&mut crew, &hooks).await;
        let raged = begun.elapsed();
        let ledger = Ledger::open(database).await;
        self.settle(&mut crew, &ledger).await;
        let settled = begun.elapsed();
        crew.end();
        let standing = Standing::read(&self.wild.fake);
        let wrong = standing.wrong(&Standing::read(&self.calm.fake), &self.pulls);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let sent = std::mem::take(&mut *hooks.sent());
        ledger.holds(&sent.taken).await;
        println!(
            "{done:?}, tries that failed: {}, left to the log: {}; {} check runs at heads that went; {raged:?} and {:?}",
            sent.failed,
            sent.left,
            standing.earlier(&self.pulls),
            settled - raged
        );
    }

    /// Changes, deliveries, kills and restarts, until there are no more deliveries.
    async fn disturb(self: &Arc<Self>, crew: &mut Crew, hooks: &Hooks) -> Done {
        let mut dice = Dice::thrown();
        let (mut coming, mut copies) = self.coming(&mut dice);
        let (mut held, mut done) = (Vec::<Delivery>::new(), Done::default());
        let mut going = JoinSet::new();
        let mut restart = JoinSet::new();
        let mut steps = BTreeMap::<u64, usize>::new();
        loop {
            while held.len() < HELD
                && let Some(next) = coming.pop()
            {
                let script = &self.pulls[next];
                let at = steps.entry(script.number).or_default();
                for delivery in self.wild.happen(&self.kernel, (script, *at), &self.ids) {
                    let copies = copies.pop().unwrap_or(1);
                    held.extend(std::iter::repeat_n(delivery, copies));
                }
                *at += 1;
                // One at a time, as long as there is something to send.
                if held.len() > HELD / 2 {
                    break;
                }
            }
            if held.is_empty() {
                break;
            }
            let delivery = held.swap_remove(dice.below(held.len()));
            let again = dice.below(2) == 0;
            let (storm, sender) = (Arc::clone(self), hooks.clone());
            going.spawn(async move { sender.send(&storm.wild.fake, &delivery, again).await });
            done.sent += 1;
            let pause = dice.below(APART) as u64;
            tokio::time::sleep(Duration::from_millis(pause)).await;
            if dice.below(KILLS) == 0 {
                self.strike(crew, &mut dice).await;
                done.kills += 1;
            }
            if done.sent % RESTARTS == 0
                && let Some(cluster) = &self.cluster
            {
                let cluster = Arc::clone(cluster);
                while restart.join_next().await.is_some() {}
                restart.spawn_blocking(move || cluster.restart());
                done.restarts += 1;
            }
        }
        while restart.join_next().await.is_some() {}
        while let Some(sent) = going.join_next().await {
            sent.expect("it is sent");
        }
        assert_eq!(done.sent, DELIVERIES);
        done.made = self.wild.fake.made();
        done
    }

    /// The pull requests to which something happens, in turn, and how many times each delivery is sent.
    fn coming(&self, dice: &mut Dice) -> (Vec<usize>, Vec<usize>) {
        assert_eq!(self.pulls.len() as u64, PULLS);
        let each = self.pulls.iter().enumerate();
        let mut coming: Vec<usize> = each
            .flat_map(|(at, script)| std::iter::repeat_n(at, script.steps.len()))
            .collect();
        dice.shuffle(&mut coming);
        let more: usize = self.ids.values().map(|ids| ids.len() - 1).sum();
        let mut copies = vec![1; coming.len() + more];
        while copies.iter().sum::<usize>() < DELIVERIES {
            let at = dice.below(copies.len());
            copies[at] += 1;
        }
        (coming, copies)
    }

    /// Kills one, or all at once just after something was said.
    async fn strike(&self, crew: &mut Crew, dice: &mut Dice) {
        let whole = dice.below(2) == 0;
        if dice.below(4) > 0 {
            return crew.kill(&[dice.below(crew.len())], whole);
        }
        let (made, until) = (
            self.wild.fake.made(),
            Instant::now() + Duration::from_millis(500),
        );
        while self.wild.fake.made() == made && Instant::now() < until {
            tokio::time::sleep(Duration::from_micros(300)).await;
        }
        crew.kill(&(0..crew.len()).collect::<Vec<_>>(), whole);
    }

    /// Waits until nothing is left to do, and all is as it should be.
    async fn settle(&self, crew: &mut Crew, ledger: &Ledger) {
        let expected = Standing::read(&self.calm.fake);
        let until = Instant::now() + PATIENCE;
        loop {
            let left = ledger.left().await;
            let wrong = Standing::read(&self.wild.fake).wrong(&expected, &self.pulls);
            if left.is_empty() && wrong.is_empty() {
                return;
            }
            crew.alive();
            assert!(
                Instant::now() < until,
                "{}\nleft: {left:#?}\n{}",
                crew.logs(),
                wrong.join("\n")
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// What the service keeps.
struct Ledger(AnyPool);

impl Ledger {
    async fn open(database: &str) -> Self {
        sqlx::any::install_default_drivers();
        let address = crate::support::database::address(database);
        Self(AnyPool::connect(&address).await.expect("the database"))
    }

    /// What is to be looked at, or to be said, or was given up.
    async fn left(&self) -> Vec<(String, String)> {
        let left = "SELECT name, reason FROM jobs WHERE due IS NOT NULL OR reason <> '' UNION ALL \
                    SELECT name, reason FROM outbox WHERE state NOT IN ('sent', 'dropped')";
        let found = sqlx::query_as(left).fetch_all(&self.0).await;
        found.expect("it can be read")
    }

    /// Sees that deliveries that were taken in are kept.
    async fn holds(&self, taken: &BTreeSet<String>) {
        let kept: Vec<(String,)> = sqlx::query_as("SELECT id FROM deliveries")
            .fetch_all(&self.0)
            .await
            .expect("read");
        let kept: BTreeSet<String> = kept.into_iter().map(|(id,)| id).collect();
        let lost: Vec<&String> = taken.difference(&kept).collect();
        assert!(lost.is_empty(), "taken in and forgotten: {lost:?}");
    }
}

//! Runs: what was found out about something, when, and what a page finds it by.
//!
//! The report is kept whole, as the JSON that programs get; everything that is shown of a run comes from there. What
//! stands beside it is for finding it. Next: `crate::web`.

use super::text::{anywhere, key, plain, start};
use super::{Job, Store, StoreError, Writing, next, packed};

/// Bytes of what a run is searched by at most.
const SEARCH: usize = 32_000;
/// Bytes of a title at most.
const TITLE: usize = 500;
/// Findings and words on approvals of a run that are kept beside its report at most.
const ROWS: usize = 2_000;
/// Runs that are listed at once at most.
const PAGE: i64 = 200;
/// Bytes of a text to search for that count.
const SEARCHED: usize = 200;

/// What was found out about something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRun {
    /// Its number, where one was reserved because something already points to it. A run without is kept where it
    /// differs from the last one of its subject, and one with a number always.
    pub id: Option<i64>,
    /// What it is about through all versions, such as `octo/linux#12`.
    pub subject: String,
    /// What people call it.
    pub title: String,
    /// Where it is to be seen; empty where it is nowhere.
    pub url: String,
    /// The commit that it is held against; empty where there is none.
    pub base: String,
    /// The commit that was examined; empty where there is none.
    pub head: String,
    /// The conclusion, as the report writes it.
    pub conclusion: String,
    /// A hash of what is said.
    pub digest: String,
    /// The report, as JSON.
    pub report: Vec<u8>,
    /// What it found.
    pub findings: Vec<RunFinding>,
    /// How the sections stand, and who said what.
    pub approvals: Vec<RunApproval>,
    /// When it was, in seconds since 1970.
    pub at: i64,
}

/// A finding, as far as runs are found by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct RunFinding {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The rule.
    pub rule: String,
    /// The verdict, as the report writes it.
    pub verdict: String,
    /// About what, as C programmers write it.
    pub subject: String,
    /// The header.
    pub header: String,
}

/// How a section stood, and what one person said.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct RunApproval {
    /// The section.
    pub section: String,
    /// How it stood, as the report writes it.
    pub state: String,
    /// Who spoke; empty where nobody did.
    pub person: String,
    /// What was said.
    pub said: String,
    /// Where that is to be seen.
    pub evidence: String,
}

/// Which runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// With this conclusion.
    pub conclusion: Option<String>,
    /// About this.
    pub subject: Option<String>,
    /// Of this job.
    pub job: Option<String>,
    /// With a finding of this rule.
    pub rule: Option<String>,
    /// With a finding that has this fingerprint.
    pub fingerprint: Option<String>,
    /// With this text in title, subject, or what was found by which rule, or a section; small and large letters are
    /// one.
    pub text: Option<String>,
    /// Before the run with this number: the next page.
    pub before: Option<i64>,
    /// How many, from 1 to 200.
    pub limit: i64,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RunRow {
    /// Its number; later ones are larger.
    pub id: i64,
    /// The job that it came of.
    pub job: String,
    /// The kind of that job.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// What people call it.
    pub title: String,
    /// Where that is to be seen.
    pub url: String,
    /// The commit that it was held against.
    pub base: String,
    /// The commit that was examined.
    pub head: String,
    /// A hash of what was said.
    pub digest: String,
    /// The conclusion.
    pub conclusion: String,
    /// When it was, in seconds since 1970.
    pub at: i64,
}

/// A run, with its report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What stands in lists.
    pub row: RunRow,
    /// The report, as JSON.
    pub report: Vec<u8>,
}

/// Every filter that is not asked for is an empty text, or a number that is never reached.
const LIST: &str = "SELECT id, job, kind, subject, title, url, base, head, digest, conclusion, at FROM runs \
    WHERE id < $1 AND ($2 = '' OR conclusion = $2) AND ($3 = '' OR subject = $3) AND ($4 = '' OR job = $4) \
    AND ($5 = '' OR id IN (SELECT run FROM findings WHERE rule = $5)) \
    AND ($6 = '' OR id IN (SELECT run FROM findings WHERE fingerprint = $6)) \
    AND ($7 = '' OR search LIKE $7 ESCAPE '\\') ORDER BY id DESC LIMIT $8";

impl Store {
    /// A number for a run that is to come. Where none comes, it stays free.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn reserve_run(&self) -> Result<i64, StoreError> {
        let mut writing = self.write().await?;
        let number = next(&mut writing, "runs").await?;
        writing.commit().await?;
        Ok(number)
    }

    /// Runs, newest first.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunRow>, StoreError> {
        let exact = |text: &Option<String>| key(text.as_deref().unwrap_or_default());
        let text = filter.text.as_deref().unwrap_or_default().trim();
        let text = match text.is_empty() {
            true => String::new(),
            false => anywhere(&start(&text.to_lowercase(), SEARCHED)),
        };
        let rows = sqlx::query_as(LIST)
            .bind(filter.before.unwrap_or(i64::MAX))
            .bind(exact(&filter.conclusion))
            .bind(exact(&filter.subject))
            .bind(exact(&filter.job))
            .bind(exact(&filter.rule))
            .bind(exact(&filter.fingerprint))
            .bind(text)
            .bind(filter.limit.clamp(1, PAGE));
        Ok(rows.fetch_all(&self.reading).await?)
    }

    /// A run with its report; `None` where there is none of this number, or none any more.
    ///
    /// # Errors
    ///
    /// Where the database fails, or the report can't be unpacked.
    pub async fn run(&self, id: i64) -> Result<Option<Run>, StoreError> {
        let row = "SELECT id, job, kind, subject, title, url, base, head, digest, conclusion, at FROM runs WHERE id = $1";
        let row: Option<RunRow> = sqlx::query_as(row)
            .bind(id)
            .fetch_optional(&self.reading)
            .await?;
        let report: Option<(Vec<u8>,)> = sqlx::query_as("SELECT report FROM runs WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.reading)
            .await?;
        let (Some(row), Some((report,))) = (row, report) else {
            return Ok(None);
        };
        let report = super::unpacked(&report, || format!("the report of run {id}"))?;
        Ok(Some(Run { row, report }))
    }

    /// What a run found, in the report's order.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn run_findings(&self, run: i64) -> Result<Vec<RunFinding>, StoreError> {
        let found = "SELECT fingerprint, rule, verdict, subject, header FROM findings WHERE run = $1 ORDER BY number";
        let found = sqlx::query_as(found).bind(run);
        Ok(found.fetch_all(&self.reading).await?)
    }

    /// How the sections stood in a run, and who said what.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn run_approvals(&self, run: i64) -> Result<Vec<RunApproval>, StoreError> {
        let found = "SELECT section, state, person, said, evidence FROM approvals WHERE run = $1 ORDER BY number";
        let found = sqlx::query_as(found).bind(run);
        Ok(found.fetch_all(&self.reading).await?)
    }

    /// The number of the newest run; 0 where there is none.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn latest_run(&self) -> Result<i64, StoreError> {
        let (latest,): (Option<i64>,) = sqlx::query_as("SELECT MAX(id) FROM runs")
            .fetch_one(&self.reading)
            .await?;
        Ok(latest.unwrap_or_default())
    }

    /// How many subjects of a kind failed since a moment.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn failed_since(&self, kind: &str, since: i64) -> Result<i64, StoreError> {
        let counted = "SELECT COUNT(DISTINCT subject) FROM runs WHERE conclusion = 'fail' AND kind = $1 AND at > $2";
        let counted = sqlx::query_as(counted).bind(kind).bind(since);
        let (number,): (i64,) = counted.fetch_one(&self.pool).await?;
        Ok(number)
    }
}

/// Keeps a run, unless its subject's last one says the same of the same commit.
pub(super) async fn keep(writing: &mut Writing, job: &Job, run: &NewRun) -> Result<(), StoreError> {
    let id = match run.id {
        Some(id) => id,
        None if says_the_same(writing, run).await? => return Ok(()),
        None => next(writing, "runs").await?,
    };
    sqlx::query(
        "INSERT INTO runs (id, job, kind, subject, title, url, base, head, digest, conclusion, search, report, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(id)
    .bind(&job.name)
    .bind(&job.kind)
    .bind(key(&run.subject))
    .bind(start(&run.title, TITLE))
    .bind(plain(&run.url))
    .bind(plain(&run.base))
    .bind(plain(&run.head))
    .bind(plain(&run.digest))
    .bind(plain(&run.conclusion))
    .bind(search(run))
    .bind(packed(&run.report, || format!("the report of {}", run.subject))?)
    .bind(run.at)
    .execute(&mut **writing)
    .await?;
    keep_findings(writing, id, &run.findings).await?;
    keep_approvals(writing, id, &run.approvals).await
}

async fn says_the_same(writing: &mut Writing, run: &NewRun) -> Result<bool, StoreError> {
    let last = "SELECT digest, head FROM runs WHERE subject = $1 ORDER BY id DESC LIMIT 1";
    let last: Option<(String, String)> = sqlx::query_as(last)
        .bind(key(&run.subject))
        .fetch_optional(&mut **writing)
        .await?;
    Ok(last.is_some_and(|(digest, head)| digest == run.digest && head == run.head))
}

async fn keep_findings(
    writing: &mut Writing,
    run: i64,
    findings: &[RunFinding],
) -> Result<(), StoreError> {
    for (number, finding) in (0_i64..).zip(findings.iter().take(ROWS)) {
        sqlx::query(
            "INSERT INTO findings (run, number, fingerprint, rule, verdict, subject, header) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(run)
        .bind(number)
        .bind(key(&finding.fingerprint))
        .bind(key(&finding.rule))
        .bind(plain(&finding.verdict))
        .bind(key(&finding.subject))
        .bind(key(&finding.header))
        .execute(&mut **writing)
        .await?;
    }
    Ok(())
}

async fn keep_approvals(
    writing: &mut Writing,
    run: i64,
    approvals: &[RunApproval],
) -> Result<(), StoreError> {
    for (number, approval) in (0_i64..).zip(approvals.iter().take(ROWS)) {
        sqlx::query(
            "INSERT INTO approvals (run, number, section, state, person, said, evidence) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(run)
        .bind(number)
        .bind(plain(&approval.section))
        .bind(plain(&approval.state))
        .bind(plain(&approval.person))
        .bind(plain(&approval.said))
        .bind(plain(&approval.evidence))
        .execute(&mut **writing)
        .await?;
    }
    Ok(())
}

/// What a run is searched by, in lower case.
fn search(run: &NewRun) -> String {
    let mut lines = vec![run.title.as_str(), run.subject.as_str()];
    lines.extend(
        run.approvals
            .iter()
            .map(|approval| approval.section.as_str()),
    );
    let found = run.findings.iter();
    lines.extend(found.flat_map(|of| [of.rule.as_str(), &of.subject, &of.header]));
    let mut seen = std::collections::HashSet::new();
    lines.retain(|line| seen.insert(*line));
    start(&lines.join("\n").to_lowercase(), SEARCH)
}

//! What waits to be said becomes requests to GitHub. Asked twice, it is said once.
//!
//! Where this program is a person and no App, GitHub lets it make no check runs: it sets commit statuses by the same
//! names, which have fewer states. What is neutral passes there as it does here.

use super::payload::{CheckRun, Comment, Ending, Level, Reply, Sarif};
use crate::github::{
    Annotation, Check, CheckConclusion, CheckState, Client, Error, Output, Repository, SarifUpload,
    Status, StatusState,
};

impl CheckRun {
    /// Sees to it that the check run stands at its commit. `known` is its number on GitHub, where that was kept; gives
    /// that number, where it has one.
    ///
    /// # Errors
    ///
    /// Where GitHub refuses or can't be asked.
    pub async fn post(&self, client: &Client, known: Option<u64>) -> Result<Option<u64>, Error> {
        let repository = named(&self.repository)?;
        if !client.is_app() {
            client
                .put_status(&repository, &self.head, &self.status())
                .await?;
            return Ok(None);
        }
        let id = client.put_check(&repository, &self.check(), known).await?;
        Ok(Some(id))
    }

    fn check(&self) -> Check {
        let text = (!self.text.is_empty()).then(|| self.text.clone());
        Check {
            name: self.name.clone(),
            head: self.head.clone(),
            external_id: self.external_id(),
            details_url: self.page.clone(),
            state: CheckState::Completed(conclusion(self.ending)),
            output: Some(Output {
                title: self.title.clone(),
                summary: self.summary.clone(),
                text,
                annotations: self.annotations.iter().map(annotation).collect(),
            }),
            actions: Vec::new(),
        }
    }

    fn status(&self) -> Status {
        Status {
            context: self.name.clone(),
            state: match self.ending {
                Ending::Success | Ending::Neutral => StatusState::Success,
                Ending::ActionRequired => StatusState::Pending,
                Ending::Failure => StatusState::Failure,
                Ending::Cancelled => StatusState::Error,
            },
            description: self.title.clone(),
            target_url: self.page.clone(),
        }
    }
}

impl Comment {
    /// Sees to it that our comment says this. `known` is its number, where that was kept; gives its number.
    ///
    /// # Errors
    ///
    /// Where GitHub refuses or can't be asked.
    pub async fn post(&self, client: &Client, known: Option<u64>) -> Result<u64, Error> {
        let repository = named(&self.repository)?;
        client
            .put_comment(&repository, self.number, known, &self.body)
            .await
    }
}

impl Reply {
    /// Sees to it that the answer stands below the pull request.
    ///
    /// # Errors
    ///
    /// Where GitHub refuses or can't be asked.
    pub async fn post(&self, client: &Client) -> Result<u64, Error> {
        let repository = named(&self.repository)?;
        client
            .put_answer(&repository, self.number, &self.mark(), &self.body)
            .await
    }
}

impl Sarif {
    /// Hands the findings to code scanning.
    ///
    /// # Errors
    ///
    /// Where GitHub refuses or can't be asked.
    pub async fn post(&self, client: &Client) -> Result<(), Error> {
        let repository = named(&self.repository)?;
        let upload = SarifUpload {
            commit: self.head.clone(),
            reference: self.reference.clone(),
            sarif: self.document.clone(),
        };
        client.upload_sarif(&repository, &upload).await?;
        Ok(())
    }
}

fn named(name: &str) -> Result<Repository, Error> {
    let wrong = || Error::Mistake(format!("`{name}` is no owner/name"));
    Repository::parse(name).ok_or_else(wrong)
}

fn conclusion(ending: Ending) -> CheckConclusion {
    match ending {
        Ending::Success => CheckConclusion::Success,
        Ending::Neutral => CheckConclusion::Neutral,
        Ending::ActionRequired => CheckConclusion::ActionRequired,
        Ending::Failure => CheckConclusion::Failure,
        Ending::Cancelled => CheckConclusion::Cancelled,
    }
}

fn annotation(remark: &super::payload::Annotation) -> Annotation {
    Annotation {
        path: remark.path.clone(),
        start_line: remark.line,
        end_line: remark.line,
        level: match remark.level {
            Level::Notice => crate::github::Level::Notice,
            Level::Warning => crate::github::Level::Warning,
            Level::Failure => crate::github::Level::Failure,
        },
        message: remark.message.clone(),
        title: remark.title.clone(),
        raw_details: None,
    }
}

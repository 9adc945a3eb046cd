/// What the doctor found out about one thing, and how to mend it.
package struct DoctorFinding: Hashable, Sendable {
    package enum Verdict: String, Sendable, CaseIterable {
        case good
        /// To be seen to some time, or it could not be found out.
        case warning
        /// To be mended: mail is lost, refused or not sent, or will be.
        case wrong
    }

    /// What belongs together, in the order in which it is told.
    package enum Group: String, Sendable, CaseIterable {
        case configuration, state, machine, relay, domain, web, mailbox, people
    }

    package let group: Group
    /// What was looked at, in a word or two.
    package let topic: String
    package let verdict: Verdict
    /// What was found, without a full stop.
    package let words: String
    /// What to do, or to type; nil where nothing is to be done.
    package let remedy: String?

    init(_ group: Group, _ topic: String, _ verdict: Verdict, _ words: String, _ remedy: String? = nil) {
        (self.group, self.topic, self.verdict) = (group, topic, verdict)
        (self.words, self.remedy) = (words, remedy)
    }

    /// All that is known where the configuration cannot be read: `words` has a line for each fault.
    package static func unsoundConfiguration(_ words: String) -> DoctorFinding {
        DoctorFinding(
            .configuration, "Settings", .wrong, words.replacing("\n", with: "; "),
            "mend it: nothing else can be looked at")
    }
}

/// The doctor's finding about one thing, and its remedy.
package struct DoctorFinding: Hashable, Sendable {
    package enum Verdict: String, Sendable, CaseIterable {
        case good
        /// To be dealt with some time, or impossible to check.
        case warning
        /// To be corrected: mail is lost, refused or not sent, or will be.
        case wrong
    }

    /// The sections of the report, in order.
    package enum Group: String, Sendable, CaseIterable {
        case configuration, state, machine, relay, domain, web, mailbox, people
    }

    package let group: Group
    /// The thing examined, in a word or two.
    package let topic: String
    package let verdict: Verdict
    /// The finding, without a full stop.
    package let words: String
    /// The command or action; nil if nothing needs doing.
    package let remedy: String?

    init(_ group: Group, _ topic: String, _ verdict: Verdict, _ words: String, _ remedy: String? = nil) {
        (self.group, self.topic, self.verdict) = (group, topic, verdict)
        (self.words, self.remedy) = (words, remedy)
    }

    /// The only finding if the configuration cannot be read: `words` has a line for each fault.
    package static func unsoundConfiguration(_ words: String) -> DoctorFinding {
        DoctorFinding(
            .configuration, "Settings", .wrong, words.replacing("\n", with: "; "),
            "correct it: nothing else can be checked before")
    }
}

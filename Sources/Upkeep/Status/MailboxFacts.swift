import Publishing
import Records
import Settings

extension MailboxReading {
    /// As the daemon last wrote it. An account that may not look there, such as an editor's, knows no more than that there
    /// is a mailbox.
    init(_ office: Office) {
        self.init(isConfigured: office.configuration.mailbox != nil)
        guard isConfigured, let standing = try? office.folder.mailboxReport.read() else { return }
        (lastRead, lastSuccess, problem) = (standing.lastRead, standing.lastSuccess, standing.problem)
        counts = standing.counts
    }
}

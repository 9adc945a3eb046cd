package import Foundation
package import Records

/// When the mailbox of returns was read, and what came of it.
package struct MailboxReading: Hashable, Sendable {
    package let isConfigured: Bool
    package let lastRead: Date?
    package let lastSuccess: Date?
    package let problem: String?
    package let problemSince: Date?
    /// How many messages were taken for what.
    package let counts: [String: Int]

    /// What stands of a mailbox that is configured no longer is told no more.
    package init(isConfigured: Bool, _ status: MailboxStatus? = nil) {
        let status = isConfigured ? status : nil
        self.isConfigured = isConfigured
        (lastRead, lastSuccess) = (status?.lastRead, status?.lastSuccess)
        (problem, problemSince) = (status?.problem, status?.problemSince)
        counts = status?.counts ?? [:]
    }
}

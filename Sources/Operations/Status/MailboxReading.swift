package import Foundation
package import Records

/// When the return mailbox was read, and the result.
package struct MailboxReading: Hashable, Sendable {
    package let isConfigured: Bool
    package let lastRead: Date?
    package let lastSuccess: Date?
    package let problem: String?
    package let problemSince: Date?
    /// The number of messages of each class.
    package let counts: [String: Int]

    /// The stored status of a mailbox that is no longer configured is ignored.
    package init(isConfigured: Bool, _ status: MailboxStatus? = nil) {
        let status = isConfigured ? status : nil
        self.isConfigured = isConfigured
        (lastRead, lastSuccess) = (status?.lastRead, status?.lastSuccess)
        (problem, problemSince) = (status?.problem, status?.problemSince)
        counts = status?.counts ?? [:]
    }
}

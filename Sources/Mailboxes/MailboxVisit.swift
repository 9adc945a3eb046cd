package import Curl
import Foundation

/// One visit to the mailbox, on a thread of its own since libcurl and file access block.
package final class MailboxVisit: Sendable {
    private let place: MailboxPlace
    private let timeouts: MailboxTimeouts
    private let stopped = CancelFlag()

    package init(_ place: MailboxPlace, timeouts: MailboxTimeouts = MailboxTimeouts()) {
        (self.place, self.timeouts) = (place, timeouts)
    }

    /// Opens the mailbox, passes it to `body`, and closes it. Throws ``MailboxFault`` if it cannot be opened, and
    /// rethrows errors of `body`.
    package func run<Result: Sendable>(
        _ body: @escaping @Sendable (any OpenMailbox) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { [self] in
                blockPipeSignal()
                continuation.resume(with: Swift.Result { try visit(body) })
            }
            thread.name = "mailbox"
            thread.start()
        }
    }

    /// Ends the visit within a second or two, from any thread: calls waiting for the server then throw
    /// ``MailboxFault/stopped``.
    package func stop() { stopped.set() }

    package var isStopped: Bool { stopped.isSet }

    private func visit<Result>(_ body: (any OpenMailbox) throws -> Result) throws -> Result {
        let mailbox = try open()
        defer { mailbox.close() }
        return try body(mailbox)
    }

    private func open() throws(MailboxFault) -> any OpenMailbox {
        switch place {
        case .maildir(let path): return try MaildirMailbox(path, mostOctets: timeouts.mostOctets)
        case .server(let server):
            let connection = try MailboxConnection(server, timeouts: timeouts, stopped: stopped)
            switch server.access {
            case .imap: return try IMAPMailbox(connection)
            case .pop3: return try POP3Mailbox(connection)
            }
        }
    }
}

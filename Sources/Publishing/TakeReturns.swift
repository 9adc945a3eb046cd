package import Bulletin
package import Foundation
package import Logging
package import Records
import Seals

/// Takes what the mailbox brought: says what it is, and does what follows from it.
package struct TakeReturns: Sendable {
    /// What became of a message.
    package enum Taken: Hashable, Sendable {
        /// Recognised and acted upon, or its news noted; durable.
        case dealtWith(ReturnClass)
        /// A person's mail, or nothing that is ours to touch.
        case leave
        /// Too large or too broken to be judged, and why.
        case setAside(String)
    }

    private let office: Office
    private let roll: any Roll
    private let log: Logger
    private let seals: SealRing

    /// Throws where the secret cannot be read.
    package init(_ office: Office, roll: any Roll, log: Logger) throws {
        (self.office, self.roll, self.log) = (office, roll, log)
        seals = try office.folder.seals()
    }

    /// `key` names the message in its mailbox for ever. The same message twice changes nothing, under whatever key.
    package func callAsFunction(_ message: [UInt8], key: String, at now: Date) throws -> Taken { .leave }
}

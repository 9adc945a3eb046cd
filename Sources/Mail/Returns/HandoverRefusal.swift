package import Bulletin
package import Foundation

extension ReturnNote {
    /// What a relay's refusal of a message says of the address it was for, judged as a report of it would be; nil where no
    /// server refused it: what was given up, or could not be sent as the address is written, is not the mailbox's fault.
    package init?(refused reply: Reply, of mailing: Mailing, at time: Date) {
        guard (500..<600).contains(reply.code) else { return nil }
        let failure = Failure(reported: reply.enhanced, diagnostic: "\(reply.code) \(reply.text)")
        // RFC 5321 section 4.2.3: these speak of a mailbox. Any other may be of the message, or of us.
        let isOfMailbox = failure.cause != .refused || [550, 551, 553].contains(reply.code)
        self.init(
            at: time, mailing: mailing, class: isOfMailbox ? failure.class : .soft, cause: failure.cause,
            status: failure.status,
            words: ServerWords.clean("\(reply.code) \(reply.enhanced.map { "\($0) " } ?? "")\(reply.text)"))
    }
}

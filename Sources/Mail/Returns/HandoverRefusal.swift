package import Bulletin
package import Foundation

extension ReturnNote {
    /// A relay's refusal of a message, judged as a report about its recipient would be; nil where no
    /// server refused it: a message that was given up, or whose address could not be sent, is not the mailbox's fault.
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

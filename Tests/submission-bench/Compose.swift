import Bulletin
import SMTP

/// Fills `queue` with `count` messages of `bytes`, each with a sender, a recipient and a Message-ID of its own.
func compose(_ count: Int, _ bytes: Int, into queue: MessageQueue) {
    var body = (0..<bytes).map { at -> UInt8 in
        switch at % 78 {
        case 76: 0x0D
        case 77: 0x0A
        default: UInt8(ascii: "x")
        }
    }
    if bytes >= 2 { body.replaceSubrange((bytes - 2)..., with: [0x0D, 0x0A]) }
    for number in 0..<count {
        guard let sender = try? EmailAddress("bounces+0001.\(number)@example.org"),
            let recipient = try? EmailAddress("reader\(number)@example.org")
        else { continue }
        let head = """
            From: bulletin@example.org\r\nTo: \(recipient.wire)\r\nSubject: Bulletin\r\n\
            Message-ID: <\(number)@example.org>\r\n\r\n
            """
        var data: [UInt8] = []
        data.reserveCapacity(head.utf8.count + body.count)
        data += head.utf8
        data += body
        let letter = OutgoingMessage(
            id: SubscriberID(high: 1, low: UInt64(number)), sender: sender, recipient: recipient, data: data,
            size: data.count)
        guard queue.put(letter) else { break }
    }
    queue.finish()
}

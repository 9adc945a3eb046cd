import Basics
package import Bulletin
import Foundation

extension Masthead {
    /// `web.publicURL` as used in links.
    var site: String { Link.address(publicURL) ?? "" }

    package func url(of issue: IssueNumber) -> String { "\(site)/issues/\(issue)" }

    /// The publisher's values in every edition and page.
    var values: [String: TemplateContext.Value] {
        let locale = Locale(identifier: language)
        let path = URLComponents(string: site)?.percentEncodedPath ?? ""
        return [
            "name": .text(CleanText.line(name)),
            "publisher": .text(CleanText.line(publisher)),
            "postalAddress": .text(CleanText.joinedLines(postalAddress)),
            "phone": .text(CleanText.line(phone)),
            "phoneLink": .text(phone.flatMap { Link.telephone($0) }),
            "textNumber": .text(CleanText.line(text)),
            "email": .text((replyTo ?? from).display),
            "emailLink": .text(Link.mail((replyTo ?? from).wire)),
            "joinEmail": .text(requests("subscribe")?.display),
            "joinEmailLink": .text(requests("subscribe").flatMap { Link.mail($0.wire) }),
            "leaveEmail": .text(requests("unsubscribe")?.display),
            "leaveEmailLink": .text(requests("unsubscribe").flatMap { Link.mail($0.wire) }),
            "language": .text(CleanText.line(language)),
            "direction": .text(locale.language.characterDirection == .rightToLeft ? "rtl" : "ltr"),
            "publicURL": .text(site),
            "base": .text(path),
        ]
    }

    /// The address for requests by mail; nil if nobody reads that mailbox.
    private func requests(_ detail: String) -> EmailAddress? {
        mailboxIsRead ? returnAddress.subaddress(detail) : nil
    }
}

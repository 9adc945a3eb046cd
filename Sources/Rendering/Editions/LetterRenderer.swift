import Basics
package import Bulletin
import Foundation

/// Renders the letters that answer a subscriber's request: plain text, so that every mail program shows them.
package struct LetterRenderer: Sendable {
    /// The subject of a letter.
    package enum Matter: Hashable, Sendable {
        /// Asks for confirmation, with the link to the page for it; `byMail` says whether a reply confirms too.
        case confirm(link: String, byMail: Bool = false)
        /// The link to the person's own choices.
        case choices(link: String)
        /// Confirms that the person has left, with the link to undo it.
        case goodbye(link: String)
        /// To the old address: names the new one, masked as a stranger may see it.
        case moved(to: String?)
        /// Explains the bulletin by mail, with the addresses to join and to leave.
        case help(join: String, leave: String)
    }

    private let masthead: Masthead
    private let templates: TemplateSet

    package init(masthead: Masthead, templates: TemplateSet) { (self.masthead, self.templates) = (masthead, templates) }

    /// The page under `publicURL` for a token.
    package func link(_ part: String, token: String) -> String { "\(masthead.site)/\(part)/\(Link.segment(token))" }

    package func print(_ matter: Matter) -> (subject: String, text: String) {
        let (subject, text, values): (TemplateSet.Name, TemplateSet.Name, [String: TemplateContext.Value]) =
            switch matter {
            case .confirm(let link, let byMail):
                (.confirmSubject, .confirmText, ["link": .text(link), "byMail": .flag(byMail)])
            case .choices(let link): (.choicesSubject, .choicesText, ["link": .text(link)])
            case .goodbye(let link): (.goodbyeSubject, .goodbyeText, ["link": .text(link)])
            case .moved(let address): (.movedSubject, .movedText, ["newAddress": .text(address)])
            case .help(let join, let leave):
                (.helpSubject, .helpText, ["joinAddress": .text(join), "leaveAddress": .text(leave)])
            }
        let days = "\(Int(AskingLimit.linkLife / 86_400))"
        let templateContext = TemplateContext(
            .letter, masthead.values.merging(values.merging(["linkDays": .text(days)]) { $1 }) { $1 })
        let renderer = IssueRenderer(masthead: masthead, templates: templates)
        return (
            CleanText.line(templates.render(templateContext, with: subject)),
            renderer.text(templates.render(templateContext, with: text))
        )
    }
}

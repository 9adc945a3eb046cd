package import Bulletin
package import Foundation

/// The pages that subscribers meet on the web besides the issues themselves. Each is a whole HTML document that needs
/// no script, for the policy `default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'`.
package struct Pages: Sendable {
    /// A sent issue, as the archive lists it.
    package struct Shelved: Hashable, Sendable {
        package let number: IssueNumber
        package let sends: Date
        /// Its subject.
        package let title: String

        package init(number: IssueNumber, sends: Date, title: String) {
            (self.number, self.sends, self.title) = (number, sends, title)
        }
    }

    private let masthead: Masthead
    private let templates: TemplateSet

    package init(templates: TemplateSet, masthead: Masthead) {
        (self.masthead, self.templates) = (masthead, templates)
    }

    /// `/style.css`
    package var styleSheet: String { templates.styleSheet }

    /// `GET /leave/TOKEN`: a button, whose POST to the same address does it.
    package func leave(token: String) -> String {
        page(.leave, ["action": .text("\(path)/leave/\(Link.segment(token))")])
    }

    /// The answer to that button.
    package func left() -> String { page(.left) }

    /// A personal link that is not one of ours.
    package func badLink() -> String { page(.badLink) }

    package func notFound() -> String { page(.notFound) }

    /// Something went wrong on our side.
    package func failure() -> String { page(.failure) }

    /// `GET /` and `GET /issues/`: the issues given, in the order given; dates in the schedule's `zone`.
    package func index(of issues: [Shelved], zone: TimeZone) -> String {
        let words = DateWords(language: masthead.language, home: zone)
        let frames = issues.map { issue in
            Frame(
                .shelved,
                [
                    "number": .text(issue.number.description), "date": .text(words.date(issue.sends)),
                    "title": .text(CleanText.line(issue.title)), "address": .text("\(path)/issues/\(issue.number)"),
                ])
        }
        return page(.index, ["issues": .list(frames), "latest": .frame(frames.first)])
    }

    private var path: String { URLComponents(string: masthead.site)?.percentEncodedPath ?? "" }

    private func page(_ name: TemplateSet.Name, _ values: [String: Frame.Value] = [:]) -> String {
        templates.render(Frame(.page, masthead.values.merging(values) { $1 }), with: name)
    }
}

package import Basics
package import Bulletin
package import Foundation

/// The pages for subscribers on the web besides the issues themselves. Each is a whole HTML document that needs no
/// script, for the policy `default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'`.
package struct Pages: Sendable {
    /// A sent issue, as listed in the archive.
    package struct ArchivedIssue: Hashable, Sendable {
        package let number: IssueNumber
        package let sends: Date
        /// Its subject.
        package let title: String

        package init(number: IssueNumber, sends: Date, title: String) {
            (self.number, self.sends, self.title) = (number, sends, title)
        }
    }

    /// A search result: an issue, or an item in it.
    package struct Hit: Hashable, Sendable {
        package let number: IssueNumber
        package let item: ItemID?
        package let sends: Date
        package let title: String

        package init(number: IssueNumber, item: ItemID?, sends: Date, title: String) {
            (self.number, self.item, self.sends, self.title) = (number, item, sends, title)
        }
    }

    /// The figures on the privacy page.
    package struct Keeping: Hashable, Sendable {
        /// How long the record of a former subscriber is kept, in seconds.
        package let unsubscribed: TimeInterval
        /// Whether the network address of a confirmation is kept.
        package let recordsOrigin: Bool

        package init(unsubscribed: TimeInterval, recordsOrigin: Bool) {
            (self.unsubscribed, self.recordsOrigin) = (unsubscribed, recordsOrigin)
        }
    }

    private let masthead: Masthead
    private let templates: TemplateSet

    package init(templates: TemplateSet, masthead: Masthead) {
        (self.masthead, self.templates) = (masthead, templates)
    }

    /// `/style.css`
    package var styleSheet: String { templates.styleSheet }

    /// The words of consent beside the button: shown, and kept as evidence.
    package var wording: String {
        "Please send me \(CleanText.line(masthead.name)) by email. I know that I can leave at any time, by one click."
    }

    // MARK: Joining

    /// `GET /subscribe`, and the answer to an invalid address: `error` says why, with the remedy.
    package func subscribe(given: String = "", name: String = "", error: String? = nil) -> String {
        page(.subscribe, form(given, name).merging(["error": .text(error)]) { $1 })
    }

    /// The answer to the form, whether or not the address is known.
    package func checkMail(given: String) -> String { page(.checkMail, form(given)) }

    /// `GET /confirm/TOKEN`: a button that posts to the same address.
    package func confirm(token: String) -> String { page(.confirm, form().merging(action("confirm", token)) { $1 }) }

    /// `pausedUntil` is the day on which mail resumes, if the person has chosen one.
    package func confirmed(pausedUntil day: LocalDate? = nil) -> String {
        page(.confirmed, ["pausedUntil": .text(day?.description)])
    }

    /// A personal link that has expired or been used.
    package func oldLink() -> String { page(.oldLink, form()) }

    private func form(_ given: String = "", _ name: String = "") -> [String: TemplateContext.Value] {
        [
            "given": .text(CleanText.line(given)), "givenName": .text(CleanText.line(name)), "wording": .text(wording),
            "linkDays": .text("\(Int(AskingLimit.linkLife / 86_400))"),
        ]
    }

    // MARK: Choosing and leaving

    /// `GET /choices/TOKEN`: the person's current choices.
    package func choices(
        of subscriber: Subscriber, token: String, isSaved: Bool = false, given: String = "", error: String? = nil
    ) -> String {
        let values: [String: TemplateContext.Value] = [
            "isSaved": .flag(isSaved), "isTextOnly": .flag(subscriber.format == .text), "error": .text(error),
            "pausedUntil": .text(subscriber.pausedUntil?.description),
        ]
        return page(
            .choices,
            form(given, subscriber.name ?? "").merging(action("choices", token)) { $1 }.merging(values) { $1 })
    }

    package func forgotten() -> String { page(.forgotten) }

    /// `GET /leave/TOKEN`: a button that posts to the same address.
    package func leave(token: String) -> String { page(.leave, action("leave", token)) }

    /// The answer to that button.
    package func left() -> String { page(.left) }

    private func action(_ part: String, _ token: String) -> [String: TemplateContext.Value] {
        ["action": .text("\(path)/\(part)/\(Link.segment(token))")]
    }

    /// `GET /privacy`
    package func privacy(_ keeping: Keeping) -> String {
        page(
            .privacy,
            form().merging([
                "keepUnsubscribed": .text(keeping.unsubscribed.leftInWords),
                "recordsOrigin": .flag(keeping.recordsOrigin),
            ]) { $1 })
    }

    // MARK: Errors

    /// A personal link that is not one of ours.
    package func badLink() -> String { page(.badLink) }

    package func notFound() -> String { page(.notFound) }

    /// Why a request was refused.
    package enum Refusal: Sendable {
        /// A method that the address does not support, or a malformed request.
        case other
        case tooLarge
        /// A form that did not arrive completely in time.
        case tooSlow
    }

    package func refused(_ refusal: Refusal) -> String {
        page(
            .refused,
            [
                "isTooLarge": .flag(refusal == .tooLarge), "isTooSlow": .flag(refusal == .tooSlow),
                "isOther": .flag(refusal == .other),
            ])
    }

    /// Something went wrong on our side.
    package func failure() -> String { page(.failure) }

    // MARK: The archive

    /// The number of issues on the front page.
    private static let latest = 5

    /// `GET /`: the form to subscribe and the first of `issues`, which come latest first; dates in the schedule's
    /// `zone`.
    package func front(of issues: [ArchivedIssue], zone: TimeZone) -> String {
        page(.front, form().merging(["issues": .list(frames(issues.prefix(Self.latest), zone))]) { $1 })
    }

    /// `GET /issues/`: all of them, in the order given.
    package func index(of issues: [ArchivedIssue], zone: TimeZone) -> String {
        page(.index, ["issues": .list(frames(issues, zone))])
    }

    /// `GET /issues/?q=`: the search results, in the order given; `count` is their total.
    package func search(for query: String, hits: [Hit], count: Int, zone: TimeZone) -> String {
        let words = DateWords(language: masthead.language, home: zone)
        let frames = hits.map { hit in
            TemplateContext(
                .hit,
                [
                    "title": .text(CleanText.line(hit.title)), "date": .text(words.date(hit.sends)),
                    "address": .text("\(path)/issues/\(hit.number)" + (hit.item.map { "#\($0)" } ?? "")),
                ])
        }
        let clean = CleanText.line(query)
        let found =
            switch count {
            case 0: "No results for “\(clean)”. Try fewer or shorter words."
            case 1: "1 result for “\(clean)”."
            case ...hits.count: "\(count) results for “\(clean)”, the latest first."
            default: "\(count) results for “\(clean)”; these are the latest \(hits.count)."
            }
        return page(.index, ["query": .text(clean), "found": .text(found), "hits": .list(frames)])
    }

    private func frames(_ issues: some Sequence<ArchivedIssue>, _ zone: TimeZone) -> [TemplateContext] {
        let words = DateWords(language: masthead.language, home: zone)
        return issues.map { issue in
            TemplateContext(
                .shelved,
                [
                    "number": .text(issue.number.description), "date": .text(words.date(issue.sends)),
                    "title": .text(CleanText.line(issue.title)), "address": .text("\(path)/issues/\(issue.number)"),
                ])
        }
    }

    private var path: String { URLComponents(string: masthead.site)?.percentEncodedPath ?? "" }

    private func page(_ name: TemplateSet.Name, _ values: [String: TemplateContext.Value] = [:]) -> String {
        templates.render(TemplateContext(.page, masthead.values.merging(values) { $1 }), with: name)
    }
}

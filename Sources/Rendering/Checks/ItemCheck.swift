import Basics
package import Bulletin
package import Foundation

/// Checks an item before it is rendered for problems that readers would have with it, each with its remedy. Faults that
/// stop an item from appearing at all are found by ``ItemRules``.
package struct ItemCheck: Sendable {
    /// Whether the bulletin is in English: the checks of wording apply to English only.
    private let isEnglish: Bool
    /// `check.readingAge`, in years.
    private let readingAge: Int

    /// A summary that takes longer than a minute to read belongs on a page of its own.
    private static let mostWords = 200
    /// Plain-English guides recommend 15 to 20 words on average; few readers follow more than this.
    private static let mostWordsInSentence = 30

    package init(language: String, readingAge: Int) {
        (isEnglish, self.readingAge) = (language.lowercased().split(separator: "-").first == "en", readingAge)
    }

    /// The findings in `item`, rule by rule. `others` are possible duplicates; `now` is the time of the check.
    package func findings(in item: Item, among others: [Item], at now: Date) -> [CheckFinding] {
        // A cancelled item takes one line and needs no more.
        if item.change?.isCancelled ?? false { return [] }
        let summary = CheckedText(Markdown(item.summary))
        var findings = Findings(item: item.id)
        pictures(item, &findings)
        linkWords(summary, &findings)
        linkTargets(item, summary, &findings)
        shouting(item, summary, &findings)
        waysIn(item, &findings)
        if let original = Duplicates.original(of: item, among: others) {
            let source =
                original.isAnnounced
                ? "network \(original.network ?? "") announces it already" : "it repeats \(original.id)"
            findings.add(
                .duplicate, "title",
                "\(source): \(CleanText.line(original.title)); keep one of them")
        }
        let words = summary.passages.reduce(0) { $0 + CheckedText.words(of: $1).count }
        if words > Self.mostWords {
            findings.add(
                .length, "summary",
                "has \(words) words, but \(Self.mostWords) are enough; keep the essentials, and link to the rest")
        }
        guard isEnglish else { return findings.found }
        weekdays(item, summary, now, &findings)
        AcronymCheck(item, summary).add(to: &findings)
        for sentence in summary.sentences {
            let count = CheckedText.words(of: sentence).count
            guard count > Self.mostWordsInSentence else { continue }
            findings.add(
                .sentence, "summary", "\(Self.quoted(sentence)) has \(count) words; split it into two sentences")
        }
        if let age = ReadingAge.years(of: summary), age > readingAge {
            findings.add(
                .readingAge, "summary",
                "has a reading age of \(age), and \(readingAge) is the aim; use shorter sentences and plainer words")
        }
        return findings.found
    }

    /// The findings collected for one item.
    struct Findings {
        let item: ItemID
        var found: [CheckFinding] = []

        mutating func add(_ rule: CheckRule, _ field: String, _ message: String) {
            found.append(CheckFinding(item: item, rule: rule, field: field, message: message))
        }
    }

    /// The beginning of a text, quoted for a message.
    static func quoted(_ text: String) -> String {
        let line = CleanText.line(text)
        return line.count <= 50 ? "“\(line)”" : "“\(line.prefix(48))…”"
    }

    // MARK: Pictures and access

    private func pictures(_ item: Item, _ findings: inout Findings) {
        if item.summary.contains(/!\[[^\]]{0,500}\][(\[]/) {
            findings.add(
                .pictureAlternative, "summary",
                "a picture within the text is not shown, only its description; add it as the item's picture")
        }
        guard let picture = item.picture else { return }
        let words = (picture.alternative ?? "").trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        let file = (picture.file.split(separator: "/").last ?? "").lowercased()
        let bare = file.split(separator: ".").first.map(String.init) ?? file
        guard
            words.isEmpty || words == file || words == bare
                || ["image", "picture", "photo", "photograph", "logo", "graphic"].contains(words)
        else { return }
        let remedy = "describe it in a sentence for people who cannot see it"
        findings.add(
            .pictureAlternative, "picture.alternative",
            words.isEmpty ? "there is none; \(remedy)" : "“\(words)” does not describe the picture; \(remedy)")
    }

    private func waysIn(_ item: Item, _ findings: inout Findings) {
        guard item.kind != .notice else { return }
        func isBlank(_ text: String?) -> Bool { text?.allSatisfy(\.isWhitespace) ?? true }
        if let place = item.place, !isBlank(place.name) || !isBlank(place.address), isBlank(place.access) {
            findings.add(
                .access, "place.access",
                "there is none; describe the access: steps, lift, toilet, hearing loop, or a person to ask")
        }
        let places = [item.place?.name, item.place?.address, item.online?.url, item.online?.dialIn]
        if places.allSatisfy(isBlank) {
            findings.add(
                .access, "place", "there is none, and no way to join remotely; say where it is, and how to get in")
        }
        let ways = [item.takingPart.phone, item.takingPart.text, item.takingPart.letter, item.online?.dialIn]
        if ways.allSatisfy(isBlank) {
            findings.add(
                .noComputer, "takingPart",
                "nobody can take part without a computer; add a phone or text number, a postal address, or a dial-in number"
            )
        }
    }

    // MARK: Links

    private static let emptyWords: Set<String> = [
        "here", "click here", "click", "this", "this link", "link", "this page", "page", "read more", "more",
        "more info",
        "more information", "find out more", "learn more", "website", "details", "press here", "follow this link",
    ]

    private func linkWords(_ summary: CheckedText, _ findings: inout Findings) {
        var targets: [String: String] = [:]
        for link in summary.links {
            let words = link.words.lowercased().trimmingCharacters(in: .punctuationCharacters.union(.whitespaces))
            let isWeb = link.address.hasPrefix("http")
            if Self.emptyWords.contains(words) {
                findings.add(
                    .linkWords, "summary",
                    "the link “\(CleanText.line(link.words))” does not say where it leads; use words that say it")
            } else if isWeb,
                words.hasPrefix("http") || words.hasPrefix("www.") || words == Link.label(link.address).lowercased()
            {
                findings.add(
                    .linkWords, "summary",
                    "\(Self.quoted(link.words)) is a bare address; write [what it is](\(Self.shown(link.address)))")
            } else if let other = targets[words], other != link.address {
                findings.add(
                    .linkWords, "summary",
                    "the words \(Self.quoted(link.words)) lead to two places; use different "
                        + "words for each")
            }
            targets[words] = link.address
        }
    }

    private func linkTargets(_ item: Item, _ summary: CheckedText, _ findings: inout Findings) {
        var targets: [(field: String, address: String)] = summary.links.map { ("summary", $0.address) }
        if let url = item.online?.url { targets.append(("online.url", url)) }
        if let url = item.takingPart.url { targets.append(("takingPart.url", url)) }
        var seen: Set<String> = []
        for (field, address) in targets where seen.insert(address).inserted {
            guard let trouble = DeadLink.trouble(of: address) else { continue }
            findings.add(.linkTarget, field, "\(Self.shown(address)) \(trouble)")
        }
        for match in item.summary.matches(of: /\]\(([^)\s]{0,200})[)\s]/) where Link.address(String(match.1)) == nil {
            let target = String(match.1)
            findings.add(
                .linkTarget, "summary",
                target.isEmpty
                    ? "a link has no address; write it in full: https://example.org/page"
                    : "\(Self.quoted(target)) is not an address that a link may have; write it in full: https://example.org/page"
            )
        }
    }

    private static func shown(_ address: String) -> String {
        let line = CleanText.line(address)
        return line.count <= 80 ? line : line.prefix(78) + "…"
    }

    // MARK: Words

    private func shouting(_ item: Item, _ summary: CheckedText, _ findings: inout Findings) {
        for (field, texts) in [("title", [item.title]), ("summary", summary.passages)] {
            for text in texts {
                guard let run = CapitalRuns.longest(in: text) else { continue }
                findings.add(.shouting, field, "\(Self.quoted(run)) is in capitals; write it in lower case")
                break
            }
        }
    }

    private func weekdays(_ item: Item, _ summary: CheckedText, _ now: Date, _ findings: inout Findings) {
        let today = LocalDateTime(now, in: item.zone).date
        let texts = [
            ("title", item.title), ("summary", summary.passages.joined(separator: "\n")),
            ("support", item.support ?? ""),
        ]
        for (field, text) in texts {
            for wrong in WrittenDates.wrong(in: text, after: today) {
                findings.add(.weekday, field, "\(Self.quoted(wrong.words)) is wrong: it is \(wrong.date.inWords)")
            }
        }
    }
}

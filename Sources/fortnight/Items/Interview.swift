import Basics
import Bulletin
import Foundation
import Intake

/// Asks for an item field by field. Each answer is saved in a file at once, so that nothing is lost when the terminal is
/// closed.
struct Interview {
    let kind: Item.Kind
    let place: CommandContext

    /// Thrown where the input ends before the questions do.
    private struct GivenUp: Error {}

    /// Asks, and hands the answers to `take`. Where the person gives up, or the answers are refused, the file is kept, and
    /// the message says where.
    func fill<Result>(_ take: (ItemDraft) throws -> Result) throws -> Result {
        let file = try DraftFile(kind.rawValue)
        var draft = ItemDraft()
        try draft.set("kind", to: kind.rawValue)
        print(
            "Press Enter to skip a question, ? for help, Ctrl-D to stop. Until the item is queued, your answers are in")
        print(file.path)
        do {
            for field in ItemField.all where isAsked(field) {
                try ask(field, &draft, file)
                if field.name == "takingPart.url" { try insistOnWays(&draft, file) }
            }
        } catch is GivenUp {
            print("")
            guard draft.fields.count > 1 else { throw CommandFailure("nothing was added") }
            throw kept(file, "nothing was added")
        }
        do {
            let result = try take(draft)
            file.remove()
            return result
        } catch {
            throw kept(file, "\(error)")
        }
    }

    private func kept(_ file: DraftFile, _ why: String) -> CommandFailure {
        CommandFailure(
            "\(why)\nYour answers are kept. To continue with them: fortnight add \(kind.rawValue) --file \(file.path)")
    }

    private func isAsked(_ field: ItemField) -> Bool {
        switch field.name {
        case "kind", "timezone", "priority", "repeat", "picture.credit", "online.id": false
        case "network": kind == .meeting
        case "starts", "ends", "place.name", "place.address", "place.access", "online.dialIn", "support":
            kind != .notice
        default: true
        }
    }

    private func isRequired(_ field: ItemField) -> Bool {
        field.name == "title" || (field.name == "starts" && kind != .notice)
    }

    private func ask(_ field: ItemField, _ draft: inout ItemDraft, _ file: DraftFile) throws {
        // A picture's description is asked for where there is a picture.
        if field.name == "picture.alternative", draft[field: "picture.file"] == nil { return }
        while true {
            let answer = try answer(to: field)
            if answer == "?" {
                print("  \(field.doc)" + (isRequired(field) ? "; it is required" : ""))
                continue
            }
            if answer.isEmpty {
                guard isRequired(field) else { return }
                print("  It is required: \(field.doc).")
                continue
            }
            var tried = draft
            try tried.set(field.name, to: answer)
            let problems = problems(of: tried, field)
            guard problems.isEmpty else {
                for problem in problems { print("  \(Terminal.styled(Terminal.safe(problem.message), .yellow))") }
                continue
            }
            draft = tried
            try file.write(ItemWriter.markdown(draft))
            return
        }
    }

    private func answer(to field: ItemField) throws -> String {
        let name = Terminal.styled(Self.words(for: field), .bold)
        guard field.name == "summary" else {
            Terminal.prompt("\(name): ")
            guard let line = readLine() else { throw GivenUp() }
            return line.trimmingCharacters(in: .whitespaces)
        }
        print("\(name) (\(field.doc)). End with an empty line.")
        var lines: [String] = []
        while true {
            Terminal.prompt("> ")
            guard let line = readLine() else { throw GivenUp() }
            if line.allSatisfy(\.isWhitespace) { return lines.joined(separator: "\n") }
            lines.append(line)
        }
    }

    private static func words(for field: ItemField) -> String {
        switch field.name {
        case "title": "Title"
        case "network": "Network (its short name)"
        case "starts": "Begins (Thu 4 March 1.30pm)"
        case "ends": "Ends (3pm, or 2 hours)"
        case "place.name": "Place"
        case "place.address": "Address"
        case "place.access": "Access (steps, lift, loop)"
        case "online.url": "Link to join"
        case "online.dialIn": "Number to dial in"
        case "organiser": "Organiser"
        case "takingPart.phone": "Phone to take part"
        case "takingPart.text": "Text number"
        case "takingPart.letter": "Letters to"
        case "takingPart.email": "Email"
        case "takingPart.url": "Page to book"
        case "support": "Support (fares, interpreters)"
        case "topics": "Topics (commas between)"
        case "picture.file": "Picture's file"
        case "picture.alternative": "Description of the picture"
        case "from": "First day it may appear"
        case "until": "Last day it may appear"
        case "summary": "Summary"
        default: field.name
        }
    }

    /// Errors of that one field, in the answers so far.
    private func problems(of draft: ItemDraft, _ field: ItemField) -> [Problem] {
        do {
            _ = try draft.item(
                id: .unused, uid: "draft@example.org", kind: kind, now: place.now, by: CommandContext.person,
                defaultZone: place.zone)
            return []
        } catch {
            return error.all.filter { $0.severity == .error && $0.field == field.name }
        }
    }

    /// Asks until there is a way to take part; a notice may have a link in its summary instead.
    private func insistOnWays(_ draft: inout ItemDraft, _ file: DraftFile) throws {
        guard kind != .notice, draft[field: "network"] == nil else { return }
        while !draft.fields.contains(where: { $0.hasPrefix("takingPart.") }) {
            print("  \(Terminal.styled("Give at least one way to take part.", .yellow))")
            for field in ItemField.all where field.name.hasPrefix("takingPart.") { try ask(field, &draft, file) }
        }
    }
}

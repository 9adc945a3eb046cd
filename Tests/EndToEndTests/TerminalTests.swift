import Foundation
import TestSupport
import Testing

/// The programs on a terminal: `terminal.py` plays the person.
@Suite("On a terminal", .wholePrograms) struct TerminalTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "terminal.py").path

    /// A bulletin, and a folder for a writer's drafts.
    private func with(_ body: (EditorSession) async throws -> Void) async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await body(EditorSession(bulletin: bulletin, scratch: scratch))
        }
    }

    private struct EditorSession {
        let bulletin: LivingBulletin
        let scratch: String

        /// An editor that runs `script` on the file `$1`.
        func editor(_ script: String) throws -> String {
            let path = "\(scratch)/editor"
            try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            return path
        }

        /// Runs a command on a terminal, on which `answers` are typed.
        func run(_ arguments: String..., typing answers: [String] = [], editor: String = "") async throws
            -> ProgramRun.Ending
        {
            let typed = String(decoding: try JSONEncoder().encode(answers), as: UTF8.self)
            return try await ProgramRun.run(
                "/usr/bin/python3", [TerminalTests.script, typed, Programs.ours("fortnight")] + arguments,
                environment: [
                    "FORTNIGHT_CONFIG": "\(bulletin.folder)/fortnight.yaml", "EDITOR": editor, "VISUAL": "",
                    "TERM": "xterm",
                    "NO_COLOR": "1", "HOME": "\(scratch)/home", "XDG_STATE_HOME": "\(scratch)/drafts",
                ])
        }

        var drafts: [String] {
            get throws {
                let folder = "\(scratch)/drafts/fortnight/drafts"
                guard FileManager.default.fileExists(atPath: folder) else { return [] }
                return try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
            }
        }

        func titles() async throws -> [String] {
            struct Row: Decodable { let title: String }
            return try await bulletin.done("items", "--json").split(separator: "\n")
                .map { try JSONDecoder().decode(Row.self, from: Data($0.utf8)).title }
        }
    }

    private static let form = """
        cat >"$1" <<'FORM'
        ---
        kind: event
        title: Chair yoga
        starts: Fri 10 Dec 2099 10am
        takingPart:
          phone: 0161 496 0456
        ---
        Come and stretch.
        FORM
        """

    @Test("a faulty form is opened again with the faults beside their lines, until it is right")
    func form() async throws {
        try await with { session in
            let editor = try session.editor(
                """
                if [ -e "$0.seen" ]; then cp "$1" "$0.second"; sed -i 's/^starts:.*/starts: Thu 10 Dec 2099 10am/' "$1"; exit; fi
                touch "$0.seen"
                \(Self.form)
                """)
            let ending = try await session.run("add", "event", typing: ["y\n"], editor: editor)
            #expect(ending.status == 0, "\(ending)")
            #expect(ending.output.contains("Begins: Thursday 10 December 2099 at 10:00 (Europe/London)"))
            let second = try String(contentsOfFile: editor + ".second", encoding: .utf8)
            #expect(
                second.contains(
                    "starts: Fri 10 Dec 2099 10am\n# ^ starts: Thursday 10 December 2099 is not a Friday; correct the day or the date"
                ))
            #expect(try await session.titles() == ["Chair yoga"])
            #expect(try session.drafts.isEmpty)
        }
    }

    @Test("an unchanged form adds nothing")
    func untouched() async throws {
        try await with { session in
            let ending = try await session.run("add", "notice", editor: "true")
            #expect(ending.status == 1)
            #expect(ending.output.contains("nothing was added"))
            #expect(try session.drafts.isEmpty)
        }
    }

    @Test("a text is kept when the editor gives up, and is used the next time")
    func keptDraft() async throws {
        try await with { session in
            let editor = try session.editor(Self.form.replacing("Fri", with: "Thu") + "\nkill -9 $$")
            let ending = try await session.run("add", "event", editor: editor)
            #expect(ending.status == 1)
            let draft = try #require(try session.drafts.first)
            #expect(ending.output.contains("To continue with it: fortnight add event --file \(draft)"))
            let mode = try FileManager.default.attributesOfItem(atPath: draft)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            try await session.bulletin.done("add", "event", "--file", draft)
            #expect(try await session.titles() == ["Chair yoga"])
        }
    }

    @Test("a faulty form that is left unchanged adds nothing, and is kept")
    func givenUp() async throws {
        try await with { session in
            let editor = try session.editor("[ -e \"$0.seen\" ] && exit\ntouch \"$0.seen\"\n\(Self.form)")
            let ending = try await session.run("add", "event", editor: editor)
            #expect(ending.status == 1)
            #expect(ending.output.contains("the form still has mistakes, and you left it unchanged"))
            let draft = try String(contentsOfFile: try #require(try session.drafts.first), encoding: .utf8)
            #expect(draft.contains("Chair yoga") && !draft.contains("# ^"))
            #expect(try await session.titles().isEmpty)
        }
    }

    @Test("field by field, a wrong answer is asked again with the reason, and a way to take part is required")
    func interview() async throws {
        try await with { session in
            let answers =
                [
                    "Chair yoga\n", "tomorrow\n", "Thu 10 Dec 2099 10am\n", "2 hours\n", "?\n", "The hall\n", "\n",
                    "Step-free\n",
                ]
                // Link, dial-in, organiser, and the five ways to take part; then they are asked again.
                + Array(repeating: "\n", count: 8) + ["0161 496 0456\n"] + Array(repeating: "\n", count: 4)
                // Support, topics, picture, first and last day.
                + Array(repeating: "\n", count: 5) + ["Come and stretch.\n", "\n", "y\n"]
            let ending = try await session.run("add", "event", "--ask", typing: answers)
            #expect(ending.status == 0, "\(ending)")
            #expect(ending.output.contains("tomorrow has no time of day; add one, such as tomorrow 13:30"))
            #expect(ending.output.contains("Give at least one way to take part."))
            #expect(try await session.titles() == ["Chair yoga"])
            #expect(try session.drafts.isEmpty)
        }
    }

    @Test("another editor's change is not overwritten, and the text is kept")
    func overtaken() async throws {
        try await with { session in
            struct Row: Decodable { let id: String }
            let added = try await session.bulletin.done(
                "add", "notice", "--title", "Tablets", "--summary", "To borrow.", "--taking-part-phone",
                "0161 496 0456",
                "--json")
            let id = try JSONDecoder().decode(Row.self, from: Data(added.utf8)).id
            let editor = try session.editor(
                "\(Programs.ours("fortnight")) edit \(id) --set priority=7 >/dev/null\nsed -i 's/To borrow/To keep/' \"$1\""
            )
            let ending = try await session.run("edit", id, editor: editor)
            #expect(ending.status == 1)
            #expect(ending.output.contains(" changed \(id) on ") && ending.output.contains("Your draft is kept"))
            let shown = try await session.bulletin.done("show", id)
            #expect(shown.contains("priority: 7") && shown.contains("To borrow"))
            #expect(
                try String(contentsOfFile: try #require(try session.drafts.first), encoding: .utf8).contains("To keep"))
        }
    }

    @Test("answers are kept when they end too soon")
    func hungUp() async throws {
        try await with { session in
            let ending = try await session.run("add", "event", "--ask", typing: ["Chair yoga\n", "\u{4}"])
            #expect(ending.status == 1)
            let draft = try String(contentsOfFile: try #require(try session.drafts.first), encoding: .utf8)
            #expect(draft.contains("title: Chair yoga"))
        }
    }

    @Test("answers are kept when a date was misunderstood")
    func misunderstood() async throws {
        try await with { session in
            let answers =
                ["Chair yoga\n", "Thu 10 Dec 2099 10am\n"] + Array(repeating: "\n", count: 7) + ["0161 496 0456\n"]
                + Array(repeating: "\n", count: 9) + ["Come and stretch.\n", "\n", "n\n"]
            let ending = try await session.run("add", "event", "--ask", typing: answers)
            #expect(ending.status == 1)
            #expect(ending.output.contains("Your answers are kept."), "\(ending)")
            let draft = try String(contentsOfFile: try #require(try session.drafts.first), encoding: .utf8)
            #expect(draft.contains("title: Chair yoga") && draft.contains("Come and stretch."))
            #expect(try await session.titles().isEmpty)
        }
    }

    @Test("a misunderstood date in words is not accepted")
    func denied() async throws {
        try await with { session in
            let ending = try await session.run(
                "add", "event", "--title", "Chair yoga", "--starts", "Thu 10 Dec 2099 10am", "--taking-part-phone",
                "0161 496 0456", typing: ["n\n"])
            #expect(ending.status == 1)
            #expect(try await session.titles().isEmpty)
        }
    }

    @Test(
        "an unknown command is reported with the nearest one, and options before a command are said to belong after it")
    func unknownCommand() async throws {
        try await with { session in
            let wrong = try await session.bulletin.run("itmes")
            #expect(wrong.status == 64)
            #expect(wrong.errors.contains("There is no command itmes; did you mean fortnight items?"))
            let late = try await session.bulletin.run("--json", "items")
            #expect(late.errors.contains("Options come after the command: fortnight items"), "\(late)")
        }
    }

    @Test("without a terminal nothing is asked: the missing fields are listed")
    func noTerminal() async throws {
        try await with { session in
            let ending = try await session.bulletin.run("add", "event")
            #expect(ending.status == 64)
            #expect(
                ending.errors.contains(
                    "There is nothing to add: give options such as --title, or --file F, or work on a terminal."))
        }
    }
}

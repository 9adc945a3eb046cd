import Foundation
import Glibc

/// Standard input, output and error, where a person or a program is.
enum Terminal {
    /// Whether a person reads standard output.
    static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether a person reads standard error, where progress goes.
    static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether a person can be asked a question.
    static var canAsk: Bool { isInteractive && isatty(STDIN_FILENO) == 1 }

    /// Asks a yes-or-no question; an empty answer is yes, the end of input is no.
    static func ask(_ question: String) -> Bool {
        while true {
            prompt("\(question) [Y/n] ")
            guard let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased() else { return false }
            if ["", "y", "yes"].contains(answer) { return true }
            if ["n", "no"].contains(answer) { return false }
        }
    }

    /// Writes a question at once, without a line feed.
    static func prompt(_ words: String) {
        fflush(nil)
        FileHandle.standardOutput.write(Data(words.utf8))
    }

    static var usesColour: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isInteractive && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    }

    /// Columns of the terminal; 80 where there is none.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    static func warn(_ words: String) { error("warning: \(words)") }

    static func error(_ words: String) {
        FileHandle.standardError.write(Data("\(words)\n".utf8))
    }

    enum Style: String {
        case bold = "1"
        case dim = "2"
        case green = "32"
        case yellow = "33"
        case red = "31"
    }

    /// `text` in that style, or as it is where no colour is wanted.
    static func styled(_ text: String, _ style: Style) -> String {
        usesColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Text from people or files on one line, its control characters replaced, so that none can command the terminal.
    static func safe(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(isSafe(scalar) ? scalar : "\u{FFFD}") }
        return String(scalars)
    }

    /// As ``safe(_:)``, line by line.
    static func safeLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { safe(String($0)) }.joined(separator: "\n")
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        case .format: scalar == "\u{200D}"
        default: true
        }
    }
}

import Foundation

/// A folder's name in IMAP's modified UTF-7 (RFC 3501 section 5.1.3).
enum FolderName {
    static func modifiedUTF7(_ name: String) -> String {
        var result = ""
        var foreign: [UInt8] = []
        func flush() {
            guard !foreign.isEmpty else { return }
            let text = Data(foreign).base64EncodedString().replacing("/", with: ",").replacing("=", with: "")
            result += "&\(text)-"
            foreign = []
        }
        for scalar in name.unicodeScalars {
            if (0x20...0x7E).contains(scalar.value) {
                flush()
                result += scalar == "&" ? "&-" : String(scalar)
            } else {
                for unit in String(scalar).utf16 { foreign += [UInt8(unit >> 8), UInt8(unit & 0xFF)] }
            }
        }
        flush()
        return result
    }

    /// As a quoted string of a command (RFC 3501 section 4.3); libcurl decodes percent signs in it.
    static func quoted(_ name: String) -> String {
        let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("%", with: "%25")
        return "\"\(escaped)\""
    }
}

import Branch
import SerialPort

/// Settings of a line as termios takes them. In a file of its own: the profiles have a type of the
/// same name.
func serialSettings(baud: Int, dataBits: Int, parity: String, stopBits: Int) throws(Problem)
  -> SerialSettings
{
  try SerialSettings(
    baud: baud, dataBits: dataBits, parity: SerialSettings.Parity(rawValue: parity) ?? .none,
    stopBits: stopBits)
}

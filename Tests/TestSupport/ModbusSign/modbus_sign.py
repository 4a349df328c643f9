"""A Modbus sign that is not ours: pymodbus serves registers 0 to 15 on the serial line PORT.

usage: modbus_sign.py PORT UNIT
Says "ready" when it listens, and ends when its standard input does. Each line there is obeyed:
  lie        from now on it takes each write, and holds other values
  honest     no more of that
  registers  prints what it holds, one line
"""
import asyncio
import sys

from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

held: list[int] = [0] * 16
lies = False


async def access(function, start, address, count, registers, values):
    if values is not None:
        if lies:
            for index, value in enumerate(values):
                values[index] = value ^ 1
        held[address : address + count] = values
    return None


async def serve(port: str, unit: int) -> None:
    global lies
    registers = SimData(0, count=16, values=0, datatype=DataType.REGISTERS)
    server = ModbusSerialServer(
        SimDevice(unit, simdata=[registers], action=access),
        port=port,
        baudrate=9600,
        broadcast_enable=True,
    )
    await server.serve_forever(background=True)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while word := await loop.run_in_executor(None, sys.stdin.readline):
        match word.strip():
            case "lie" | "honest" as mood:
                lies = mood == "lie"
                print(mood, flush=True)
            case "registers":
                print(*held, flush=True)
    await server.shutdown()


asyncio.run(serve(sys.argv[1], int(sys.argv[2])))

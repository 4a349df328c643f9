"""A Modbus sign that is not ours: pymodbus serves registers 0 to 15 on the serial line PORT.

usage: modbus_sign.py PORT UNIT
Says "ready" when it listens. It ends when its standard input does.
"""
import asyncio
import sys

from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice


async def serve(port: str, unit: int) -> None:
    registers = SimData(0, count=16, values=0, datatype=DataType.REGISTERS)
    server = ModbusSerialServer(
        SimDevice(unit, simdata=[registers]), port=port, baudrate=9600, broadcast_enable=True
    )
    await server.serve_forever(background=True)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.shutdown()


asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
